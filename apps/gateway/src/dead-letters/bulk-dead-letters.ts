import {
  DeadLettersServiceClient,
  type DeadLettersServiceImplementation,
  type HandleDeadLettersRequest,
  type HandleDeadLettersResponse,
} from '@app/contracts';
import { Injectable } from '@nestjs/common';

/** A call of this size ends well before the time-out of the upstream. */
const MAX_PER_CALL = 5_000;

/** Sends a bulk request to the worker in several calls. Completed calls stay in effect when a later one fails. */
@Injectable()
export class BulkDeadLetters implements Partial<DeadLettersServiceImplementation> {
  constructor(private readonly worker: DeadLettersServiceClient) {}

  redriveMany(request: HandleDeadLettersRequest): Promise<HandleDeadLettersResponse> {
    return inParts(request, (part) => this.worker.redriveMany(part));
  }

  discardMany(request: HandleDeadLettersRequest): Promise<HandleDeadLettersResponse> {
    return inParts(request, (part) => this.worker.discardMany(part));
  }
}

async function inParts(
  request: HandleDeadLettersRequest,
  send: (part: HandleDeadLettersRequest) => Promise<HandleDeadLettersResponse>,
): Promise<HandleDeadLettersResponse> {
  for (let count = 0; ;) {
    const limit = Math.min(MAX_PER_CALL, request.limit - count);
    const handled = await send({ ...request, limit });
    count += handled.count;
    if (handled.count < limit || count === request.limit) return { count };
  }
}

import {
  type BatchIncrementRequest,
  type BatchIncrementResponse,
  type Counter,
  CountersServiceClient,
  type CountersServiceImplementation,
  type IncrementOutcome,
  type IncrementRequest,
} from '@app/contracts';
import { CallMerger, fromRpcStatus } from '@app/grpc';
import { Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import { IncrementSender } from './increment.sender.js';

/** The most increments of one call; `BatchIncrementRequest` allows 1000. */
const MAX_BATCH = 500;

/** Merges concurrent increments into one call. A request with a key of its client is sent as it is. */
@Injectable()
export class IncrementBatcher implements Partial<CountersServiceImplementation> {
  private readonly merger: CallMerger<IncrementRequest, Counter>;

  constructor(
    private readonly counters: CountersServiceClient,
    private readonly sender: IncrementSender,
    spans: Spans,
  ) {
    this.merger = new CallMerger<IncrementRequest, Counter>({
      spans,
      span: 'merged increments',
      maxSize: MAX_BATCH,
      one: (request) => sender.one(request),
      many: async (requests) => (await sender.many(requests)).items.map(resultOf),
    });
  }

  increment(request: IncrementRequest): Promise<Counter> {
    if (request.idempotencyKey !== undefined) return this.counters.increment(request);
    return this.merger.call(request);
  }

  batchIncrement(request: BatchIncrementRequest): Promise<BatchIncrementResponse> {
    if (request.idempotencyKey !== undefined) return this.counters.batchIncrement(request);
    return this.sender.many(request.items);
  }
}

function resultOf({ outcome }: IncrementOutcome): Counter | Error | undefined {
  return outcome?.$case === 'error' ? fromRpcStatus(outcome.value) : outcome?.value;
}

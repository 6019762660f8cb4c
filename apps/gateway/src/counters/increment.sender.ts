import {
  type BatchIncrementResponse,
  type Counter,
  CountersServiceClient,
  type IncrementOutcome,
  type IncrementRequest,
} from '@app/contracts';
import { AppError, errorOfRepeated } from '@app/errors';
import { fromRpcStatus } from '@app/grpc';
import { UuidV7Generator } from '@app/ids';
import { Injectable } from '@nestjs/common';

/**
 * Sends increments without a key of their client, each call under its own attempt key.
 *
 * - A call with an unknown outcome is repeated once, under the same key. It counts once.
 * - A call may be refused because its key may be older than a loss of Redis's data. It was not counted, and is sent
 *   once more under a new key.
 * - The client of the grpc-server repeats a call with an attempt key only when no attempt reached a handler.
 */
@Injectable()
export class IncrementSender {
  private readonly keys = new UuidV7Generator();

  constructor(private readonly counters: CountersServiceClient) {}

  one(request: IncrementRequest): Promise<Counter> {
    return this.attempt((attemptKey) => this.counters.increment({ ...request, attemptKey }));
  }

  async many(items: IncrementRequest[]): Promise<BatchIncrementResponse> {
    const send = (part: IncrementRequest[]) =>
      this.attempt((attemptKey) =>
        this.counters.batchIncrement({ items: part, idempotencyKey: undefined, attemptKey }),
      );
    const reply = await send(items);
    const refused = reply.items.flatMap((item, index) => (this.refusedAsOld(item) ? [index] : []));
    if (refused.length === 0) return reply;
    // The other items have taken effect: when this call fails, each of its items keeps its first outcome.
    const again = await send(items.filter((_, index) => refused.includes(index))).catch(() => undefined);
    for (const [at, index] of refused.entries()) {
      const outcome = again?.items[at];
      if (outcome) reply.items[index] = outcome;
    }
    return reply;
  }

  private async attempt<T>(send: (attemptKey: string) => Promise<T>): Promise<T> {
    const key = this.keys.next();
    try {
      return await send(key);
    } catch (error) {
      if (!(error instanceof AppError) || error.reason !== 'OUTCOME_UNKNOWN') throw error;
      if (this.advance(error)) return send(this.keys.next());
      return send(key).catch((last: unknown) => {
        throw errorOfRepeated(error, last);
      });
    }
  }

  /** Whether an increment was refused because its key may be too old. If so, the next keys are newer. */
  private refusedAsOld({ outcome }: IncrementOutcome): boolean {
    return outcome?.$case === 'error' && this.advance(fromRpcStatus(outcome.value));
  }

  /** Whether an error states from which time keys are certainly new. If so, the next keys are newer. */
  private advance({ details }: AppError): boolean {
    const newKeysFrom = Date.parse(String(details?.['new_keys_from']));
    if (Number.isNaN(newKeysFrom)) return false;
    this.keys.advanceTo(newKeysFrom);
    return true;
  }
}

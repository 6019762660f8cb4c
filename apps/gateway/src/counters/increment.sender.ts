import {
  type Counter,
  CountersServiceClient,
  type IncrementOutcome,
  type IncrementRequest,
} from '@app/contracts';
import { AppError, errorOfRepeated } from '@app/errors';
import { Injectable } from '@nestjs/common';
import { AttemptKeys } from './attempt-keys.js';

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
  private readonly keys = new AttemptKeys();

  constructor(private readonly counters: CountersServiceClient) {}

  one(request: IncrementRequest): Promise<Counter> {
    return this.attempt((attemptKey) => this.counters.increment({ ...request, attemptKey }));
  }

  /** The outcomes are in the order of the items. */
  async many(items: IncrementRequest[]): Promise<IncrementOutcome[]> {
    const send = async (part: IncrementRequest[]) => {
      const reply = await this.attempt((attemptKey) =>
        this.counters.batchIncrement({ items: part, idempotencyKey: '', attemptKey }),
      );
      return reply.outcomes;
    };
    const outcomes = await send(items);
    const refused = outcomes.flatMap((outcome, index) => (this.refusedAsOld(outcome) ? [index] : []));
    if (refused.length === 0) return outcomes;
    // The other items have taken effect: when this call fails, each of its items keeps its first outcome.
    const again = await send(items.filter((_, index) => refused.includes(index))).catch(() => []);
    for (const [at, index] of refused.entries())
      outcomes[index] = again[at] ?? outcomes[index] ?? { outcome: undefined };
    return outcomes;
  }

  private async attempt<T>(send: (attemptKey: string) => Promise<T>): Promise<T> {
    const key = this.keys.next();
    try {
      return await send(key);
    } catch (error) {
      if (!(error instanceof AppError) || error.reason !== 'OUTCOME_UNKNOWN') throw error;
      const newKeysFrom = Date.parse(String(error.details?.['new_keys_from']));
      if (!Number.isNaN(newKeysFrom)) {
        this.keys.advanceTo(newKeysFrom);
        return send(this.keys.next());
      }
      return send(key).catch((last: unknown) => {
        throw errorOfRepeated(error, last);
      });
    }
  }

  /** Whether an increment was refused because its key may be too old. If so, the next keys are newer. */
  private refusedAsOld({ outcome }: IncrementOutcome): boolean {
    if (outcome?.$case !== 'failure' || !outcome.value.newKeysFrom) return false;
    this.keys.advanceTo(outcome.value.newKeysFrom.getTime());
    return true;
  }
}

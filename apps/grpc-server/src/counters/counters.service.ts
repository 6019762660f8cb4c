import { AppError } from '@app/errors';
import { logError } from '@app/logging';
import { Injectable, Logger } from '@nestjs/common';
import type { CallKey } from './calls/call-key.js';
import { type CounterKey, fieldOf, shardOf } from './counter.key.js';
import { CounterShards, type ShardReply } from './shards/counter.shards.js';
import { CounterOverflowError } from './counters.errors.js';

export interface Increment extends CounterKey {
  delta: number;
}

/** The outcome of one increment: the counter's new value, or an error. */
export type IncrementOutcome = number | AppError;

/** One item of a request, with its position. */
interface Entry {
  field: string;
  delta: number;
  index: number;
}

/**
 * Counts in Redis, and loads counters from PostgreSQL. An answered increment is in its value and in the journal;
 * `CounterDrain` writes it to PostgreSQL.
 */
@Injectable()
export class CountersService {
  private readonly logger = new Logger(CountersService.name);

  constructor(private readonly shards: CounterShards) {}

  /**
   * Counts each increment separately; increments of one counter are counted in order. The outcomes are in the order of
   * the request. A batch carries the increments of independent callers, so a failure is the outcome of one increment
   * only. Rejects only when every increment failed. With a key each increment is counted once, however often the call
   * is repeated.
   *
   * @throws IdempotencyKeyReusedError when the key was used with other increments before
   * @throws IncrementOutcomeUnknownError when the key may have been counted, and Redis has lost its entry
   */
  async increment(increments: readonly Increment[], call?: CallKey): Promise<IncrementOutcome[]> {
    const entries = increments.map((increment, index) => ({
      field: fieldOf(increment),
      delta: increment.delta,
      index,
    }));
    if (call?.table === 'keys') await this.shards.claim(shardOf(call.key), call, entries);
    const replies = await this.eachShard<ShardReply>(entries, (shard, part) =>
      this.shards.increment(shard, part, call),
    );
    this.report(replies);
    return increments.map((increment, index) => {
      const reply = replies[index];
      return typeof reply === 'number' || reply instanceof AppError
        ? reply
        : CounterOverflowError.of(increment);
    });
  }

  /** The values of counters in the order of the request; 0 for a counter that was never incremented. */
  read(keys: readonly CounterKey[]): Promise<number[]> {
    const entries = keys.map((key, index) => ({ field: fieldOf(key), delta: 0, index }));
    return this.eachShard(entries, (shard, part) =>
      this.shards.read(
        shard,
        part.map(({ field }) => field),
      ),
    );
  }

  /** Queries the shards in parallel, each for its part. The replies are in the order of the request. */
  private async eachShard<Reply>(
    entries: readonly Entry[],
    query: (shard: number, part: readonly Entry[]) => Promise<Reply[]>,
  ): Promise<Reply[]> {
    const [first] = entries;
    if (entries.length === 1 && first) return query(shardOf(first.field), entries);
    const parts = [...Map.groupBy(entries, ({ field }) => shardOf(field))];
    const replies = new Array<Reply>(entries.length);
    const queryPart = async (shard: number, part: readonly Entry[]) => {
      const answers = await query(shard, part);
      for (const [at, answer] of answers.entries()) replies[part[at]?.index ?? 0] = answer;
    };
    await Promise.all(parts.map(([shard, part]) => queryPart(shard, part)));
    return replies;
  }

  /** Logs each distinct failure once. @throws the failure, when all failed */
  private report(replies: readonly ShardReply[]): void {
    const failed = replies.filter((reply) => reply instanceof AppError);
    const [failure] = failed;
    if (failure && failed.length === replies.length) throw failure;
    for (const error of new Set(failed)) logError(this.logger, error);
  }
}

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

/** What became of one increment: the counter's new value, or why there is none. */
export type IncrementOutcome = number | AppError;

/** One item of a request, and where its answer goes. */
interface Entry {
  field: string;
  delta: number;
  index: number;
}

/**
 * Counts in Redis, restores from PostgreSQL. An increment that was answered is in the journal beside its value;
 * `CounterDrain` brings it to PostgreSQL.
 */
@Injectable()
export class CountersService {
  private readonly logger = new Logger(CountersService.name);

  constructor(private readonly shards: CounterShards) {}

  /**
   * Counts each increment by itself, those of one counter in order; the outcomes are in the order of the request.
   * A batch carries the increments of callers who know nothing of each other: what fails for one is its outcome
   * alone. Rejects only when there is an answer for none. With a key each increment is counted once, however often the
   * call comes.
   *
   * @throws IdempotencyKeyReusedError when the key came with other increments before
   * @throws IncrementOutcomeUnknownError when the key may have been counted, and Redis has lost what it held
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

  /** The values of counters in the order of the request; one that was never incremented is 0. */
  read(keys: readonly CounterKey[]): Promise<number[]> {
    const entries = keys.map((key, index) => ({ field: fieldOf(key), delta: 0, index }));
    return this.eachShard(entries, (shard, part) =>
      this.shards.read(
        shard,
        part.map(({ field }) => field),
      ),
    );
  }

  /** Asks the shards at the same time, each for its part; answers in the order of the request. */
  private async eachShard<Reply>(
    entries: readonly Entry[],
    ask: (shard: number, part: readonly Entry[]) => Promise<Reply[]>,
  ): Promise<Reply[]> {
    const [first] = entries;
    if (entries.length === 1 && first) return ask(shardOf(first.field), entries);
    const parts = [...Map.groupBy(entries, ({ field }) => shardOf(field))];
    const replies = new Array<Reply>(entries.length);
    const askFor = async (shard: number, part: readonly Entry[]) => {
      const answers = await ask(shard, part);
      for (const [at, answer] of answers.entries()) replies[part[at]?.index ?? 0] = answer;
    };
    await Promise.all(parts.map(([shard, part]) => askFor(shard, part)));
    return replies;
  }

  /** The failures of some are logged once each. @throws the failure of all */
  private report(replies: readonly ShardReply[]): void {
    const failed = replies.filter((reply) => reply instanceof AppError);
    const [failure] = failed;
    if (failure && failed.length === replies.length) throw failure;
    for (const error of new Set(failed)) logError(this.logger, error);
  }
}

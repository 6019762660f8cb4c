import { type AppError, toAppError } from '@app/errors';
import { RedisUnavailableError } from '@app/redis';
import { Injectable } from '@nestjs/common';
import { CounterEpochs } from '../recovery/counter.epochs.js';
import { CounterOrigins } from './counter.origins.js';
import { CounterRestorer } from '../recovery/counter.restorer.js';
import { type CallKey, claimOf, fingerprintOf, type KeyedCall } from '../calls/call-key.js';
import { type CounterReplies, type CounterReply, REUSED, STALE } from './counter.replies.js';
import { CounterStore } from './counter.store.js';
import {
  CounterUnsettledError,
  IdempotencyKeyReusedError,
  IncrementOutcomeUnknownError,
} from '../counters.errors.js';
import type { ShardState } from './shard.state.js';

/** An increment of a shard. */
export interface ShardEntry {
  field: string;
  delta: number;
}

/** The result of one increment; never MISSING at the end. */
export type ShardReply = CounterReply | AppError;

/** How often a call is repeated when its shard is stale or lacks counters. Then the call fails. */
const ATTEMPTS = 5;

/** Runs the scripts of one shard in Redis. Verifies a stale shard again, and loads missing counters from PostgreSQL. */
@Injectable()
export class CounterShards {
  constructor(
    private readonly store: CounterStore,
    private readonly restorer: CounterRestorer,
    private readonly epochs: CounterEpochs,
    private readonly origins: CounterOrigins,
  ) {}

  /**
   * Records the increments of a client's key in one shard, whatever shards count them. A reuse of the key with other
   * increments is refused.
   *
   * @throws IdempotencyKeyReusedError, IncrementOutcomeUnknownError
   */
  async claim(shard: number, call: CallKey, entries: readonly ShardEntry[]): Promise<void> {
    const claim = claimOf(call, fingerprintOf(entries));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++)
      if ((await this.incrementOnce(shard, [], claim)) !== STALE) return;
    throw CounterUnsettledError.of(shard);
  }

  /**
   * Never rejects: each failure is the result of its increment, since others of the call may have been counted. With a
   * key all entries are sent each time, since the shard compares them. It counts those that were not counted before.
   */
  async increment(shard: number, entries: readonly ShardEntry[], call?: CallKey): Promise<ShardReply[]> {
    const replies = entries.map((): ShardReply => 'MISSING');
    const keyed = call && { ...call, fingerprint: call.table === 'keys' ? fingerprintOf(entries) : '' };
    this.origins.note(shard);
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const open =
          attempt === 0 || keyed ? entries : entries.filter((_, index) => replies[index] === 'MISSING');
        const state = await this.epochs.current(shard);
        const answer = await this.incrementOnce(shard, open, keyed, state);
        if (answer === STALE) continue;
        if (keyed) replies.fill('MISSING');
        const missing = fill(replies, answer.replies, open);
        if (missing.size === 0) return replies;
        const found = await this.restorer.find([...missing]);
        const values = new Map([...missing].map((field) => [field, found.get(field) ?? 0]));
        await this.store.load(shard, state, answer.generation, values);
      }
      throw CounterUnsettledError.of(shard);
    } catch (thrown) {
      const error = toAppError(thrown);
      return replies.map((reply) => (reply === 'MISSING' ? error : reply));
    }
  }

  /** Values in the order of the fields; 0 for a counter that was never incremented. */
  async read(shard: number, fields: readonly string[]): Promise<number[]> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const state = await this.epochs.current(shard);
      const answer = await this.store.read(shard, state, fields);
      if (answer === STALE) {
        await this.epochs.invalidate(shard, state);
        continue;
      }
      const missing = new Set(fields.filter((_, index) => answer.replies[index] === 'MISSING'));
      if (missing.size === 0) return answer.replies.map(Number);
      // A counter that Redis does not hold has no pending delta, so PostgreSQL has its current value.
      const found = await this.restorer.find([...missing]);
      if (found.size > 0) await this.keep(shard, state, answer.generation, found);
      return fields.map((field, index) => {
        const reply = answer.replies[index];
        return typeof reply === 'number' ? reply : (found.get(field) ?? 0);
      });
    }
    throw CounterUnsettledError.of(shard);
  }

  /** Runs the increments once. If Redis holds another state than the verified one, the state is invalidated. */
  private async incrementOnce(
    shard: number,
    entries: readonly ShardEntry[],
    call: KeyedCall | undefined,
    state?: ShardState,
  ): Promise<typeof STALE | CounterReplies> {
    const current = state ?? (await this.epochs.current(shard));
    const answer = await this.store.increment(shard, current, entries, call);
    if (answer === STALE) await this.epochs.invalidate(shard, current);
    else if (answer === REUSED) throw IdempotencyKeyReusedError.create();
    else if ('newKeysFrom' in answer) throw IncrementOutcomeUnknownError.of(answer.newKeysFrom);
    else return answer;
    return STALE;
  }

  /** Stores values in Redis to save later queries. A full or unavailable Redis does not fail the read. */
  private async keep(
    shard: number,
    state: ShardState,
    generation: string,
    values: ReadonlyMap<string, number>,
  ): Promise<void> {
    try {
      await this.store.load(shard, state, generation, values);
    } catch (error) {
      if (!(error instanceof RedisUnavailableError)) throw error;
    }
  }
}

/** Puts the answers, in order, in the places that are still MISSING. Returns the fields that are missing after that. */
function fill(
  replies: ShardReply[],
  answers: readonly CounterReply[],
  open: readonly ShardEntry[],
): ReadonlySet<string> {
  const missing = new Set<string>();
  let next = 0;
  for (const [index, reply] of replies.entries()) {
    if (reply !== 'MISSING') continue;
    const answer = answers[next] ?? 'MISSING';
    if (answer === 'MISSING') missing.add(open[next]?.field ?? '');
    replies[index] = answer;
    next += 1;
  }
  return missing;
}

import { AppError, toAppError } from '@app/errors';
import { logError } from '@app/logging';
import { Injectable, Logger } from '@nestjs/common';
import { CounterEpochs } from './counter.epochs.js';
import { type CounterKey, fieldOf, shardOf } from './counter.key.js';
import { CounterLedgerStore } from './counter.ledger.store.js';
import { CounterOrigins } from './counter.origins.js';
import { type CounterReply, CounterStore, STALE } from './counter.store.js';
import { CounterOverflowError, CounterUnsettledError } from './counters.errors.js';

export interface Increment extends CounterKey {
  delta: number;
}

/** What became of one increment: the counter's new value, or why there is none. */
export type IncrementOutcome = number | AppError;

/** One item of a batch, and where its answer goes. */
interface Entry {
  field: string;
  delta: number;
  index: number;
}

/** How often a shard may turn out to be stale or incomplete before the call is given up. */
const ATTEMPTS = 4;

/**
 * Counts in Redis, restores from PostgreSQL. An increment that was answered is in the journal beside its value;
 * `CounterDrain` brings it to PostgreSQL.
 */
@Injectable()
export class CountersService {
  private readonly logger = new Logger(CountersService.name);

  constructor(
    private readonly store: CounterStore,
    private readonly ledger: CounterLedgerStore,
    private readonly epochs: CounterEpochs,
    private readonly origins: CounterOrigins,
  ) {}

  /**
   * Counts each increment by itself, those of one counter in order; the outcomes are in the order of the request.
   * A batch carries the increments of callers who know nothing of each other: what fails for one is its outcome
   * alone. Rejects only when there is an answer for none.
   */
  async increment(increments: readonly Increment[]): Promise<IncrementOutcome[]> {
    const replies = await this.eachShard(
      increments.map((increment, index) => ({ field: fieldOf(increment), delta: increment.delta, index })),
      (shard, epoch, entries) => {
        this.origins.note(shard);
        return this.store.increment(shard, epoch, entries);
      },
      (shard, epoch, fields) => this.loadAll(shard, epoch, fields),
    );
    return increments.map((key, index) => {
      const reply = replies[index];
      return typeof reply === 'number' || reply instanceof AppError ? reply : CounterOverflowError.of(key);
    });
  }

  /** The values of counters in the order of the request; one that was never incremented is 0. */
  async read(keys: readonly CounterKey[]): Promise<number[]> {
    const unknown = new Set<string>();
    const fields = keys.map(fieldOf);
    const replies = await this.eachShard(
      fields.map((field, index) => ({ field, delta: 0, index })),
      async (shard, epoch, entries) => {
        const answers = await this.store.read(
          shard,
          epoch,
          entries.map(({ field }) => field),
        );
        return answers === STALE
          ? STALE
          : answers.map((answer, at) => (unknown.has(entries[at]?.field ?? '') ? 0 : answer));
      },
      async (shard, epoch, missing) => {
        const found = await this.ledger.find(missing);
        for (const field of missing) if (!found.has(field)) unknown.add(field);
        if (found.size > 0) await this.store.load(shard, epoch, found);
      },
    );
    const failure = replies.find((reply) => reply instanceof AppError);
    if (failure) throw failure;
    return replies.map(Number);
  }

  /**
   * Asks each shard once, and again for what it did not know; shards are asked at the same time. What could not be
   * answered has the error in its place.
   */
  private async eachShard(
    entries: readonly Entry[],
    ask: (shard: number, epoch: number, entries: readonly Entry[]) => Promise<typeof STALE | CounterReply[]>,
    load: (shard: number, epoch: number, fields: string[]) => Promise<void>,
  ): Promise<(CounterReply | AppError)[]> {
    const replies = new Array<CounterReply | AppError>(entries.length).fill('MISSING');
    const askShard = async (shard: number, all: readonly Entry[]): Promise<void> => {
      let open = all;
      try {
        for (let attempt = 0; open.length > 0; attempt++) {
          if (attempt === ATTEMPTS) throw CounterUnsettledError.of(shard);
          const epoch = await this.epochs.current(shard);
          const answers = await ask(shard, epoch, open);
          if (answers === STALE) {
            await this.epochs.distrust(shard, epoch);
            continue;
          }
          for (const [at, { index }] of open.entries()) replies[index] = answers[at] ?? 'MISSING';
          open = open.filter(({ index }) => replies[index] === 'MISSING');
          if (open.length > 0) await load(shard, epoch, [...new Set(open.map(({ field }) => field))]);
        }
      } catch (thrown) {
        const error = toAppError(thrown);
        for (const { index } of open) replies[index] = error;
      }
    };
    const byShard = Map.groupBy(entries, ({ field }) => shardOf(field));
    await Promise.all([...byShard].map(([shard, all]) => askShard(shard, all)));
    const failures = new Set(replies.filter((reply) => reply instanceof AppError));
    const [failure] = failures;
    if (failure && replies.every((reply) => reply instanceof AppError)) throw failure;
    for (const error of failures) logError(this.logger, error);
    return replies;
  }

  private async loadAll(shard: number, epoch: number, fields: readonly string[]): Promise<void> {
    const found = await this.ledger.find(fields);
    await this.store.load(shard, epoch, new Map(fields.map((field) => [field, found.get(field) ?? 0])));
  }
}

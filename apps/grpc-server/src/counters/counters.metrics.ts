import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { SHARDS } from './counter.key.js';
import { CounterStore } from './shards/counter.store.js';

/** How often the numbers are read from Redis, in milliseconds; shorter than an interval of the drain. */
const EVERY_MS = 1_000;

/** The lag of PostgreSQL behind Redis, and the number of counters in Redis. */
@Injectable()
export class CountersMetrics {
  private readonly asOf = new Array<number>(SHARDS).fill(performance.now());
  private readonly droppedCounters: Counter;
  private readonly againBatches: Counter;
  private readonly catchUps: Counter;

  constructor(metrics: Metrics, store: CounterStore) {
    this.droppedCounters = metrics.counter({
      name: 'counters_dropped_total',
      help: 'Unused counters that were dropped from Redis; PostgreSQL has them.',
    });
    this.againBatches = metrics.counter({
      name: 'counters_drained_again_total',
      help: 'Committed batches that PostgreSQL has lost, for example in a failover; they are drained again.',
    });
    this.catchUps = metrics.counter({
      name: 'counters_catch_ups_total',
      help: 'Shards of which PostgreSQL lost more batches than Redis keeps; the values of Redis were copied to it.',
    });
    const measured = metrics.measuredGauges({
      name: 'counter_journal',
      every: EVERY_MS,
      gauges: {
        held: { name: 'counters_held', help: 'Counters that Redis holds.' },
        waiting: {
          name: 'counter_journal_entries',
          help: 'Counters with increments that are not in PostgreSQL yet.',
        },
        lag: {
          name: 'counter_drain_lag_seconds',
          help: 'Upper bound of the age of the oldest increment that is not in PostgreSQL yet; 0 when there is none.',
        },
      },
    });
    measured.add({}, async () => {
      const sizes = await store.sizes();
      return { ...sizes, lag: sizes.waiting === 0 ? 0 : this.lag };
    });
  }

  /** Records that PostgreSQL has all increments of this shard before this time (of `performance.now()`). */
  drained(shard: number, asOf: number): void {
    this.asOf[shard] = asOf;
  }

  drainedAgain(batches: number): void {
    this.againBatches.inc(batches);
  }

  caughtUp(): void {
    this.catchUps.inc();
  }

  dropped(counters: number): void {
    if (counters > 0) this.droppedCounters.inc(counters);
  }

  private get lag(): number {
    return (performance.now() - Math.min(...this.asOf)) / 1000;
  }
}

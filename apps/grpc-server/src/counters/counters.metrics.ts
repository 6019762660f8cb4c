import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { SHARDS } from './counter.key.js';
import { CounterStore } from './shards/counter.store.js';

/** How often Redis is asked what it holds, in milliseconds; shorter than an interval of the drain. */
const EVERY_MS = 1_000;

/** How far PostgreSQL is behind Redis, and what Redis holds. */
@Injectable()
export class CountersMetrics {
  private readonly asOf = new Array<number>(SHARDS).fill(performance.now());
  private readonly droppedCounters: Counter;
  private readonly againBatches: Counter;
  private readonly catchUps: Counter;

  constructor(metrics: Metrics, store: CounterStore) {
    this.droppedCounters = metrics.counter({
      name: 'counters_dropped_total',
      help: 'Counters that Redis does not hold any more since nobody touched them; PostgreSQL has them.',
    });
    this.againBatches = metrics.counter({
      name: 'counters_drained_again_total',
      help: 'Batches that PostgreSQL had and has lost, for example in a failover; they are drained again.',
    });
    this.catchUps = metrics.counter({
      name: 'counters_catch_ups_total',
      help: 'Shards of which PostgreSQL has lost more batches than Redis keeps; it took over the values that Redis holds.',
    });
    const measured = metrics.measuredGauges({
      name: 'counter_journal',
      every: EVERY_MS,
      gauges: {
        held: { name: 'counters_held', help: 'Counters that Redis holds.' },
        waiting: {
          name: 'counter_journal_entries',
          help: 'Counters with increments that PostgreSQL does not know yet.',
        },
        lag: {
          name: 'counter_drain_lag_seconds',
          help: 'Age of the oldest increment that PostgreSQL may not know yet, at most; 0 when it knows everything.',
        },
      },
    });
    measured.add({}, async () => {
      const sizes = await store.sizes();
      return { ...sizes, lag: sizes.waiting === 0 ? 0 : this.lag };
    });
  }

  /** PostgreSQL has what was counted in this shard before this instant (of `performance.now()`). */
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

import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { SHARDS } from './counter.key.js';
import { CounterStore } from './counter.store.js';

/** How far PostgreSQL is behind Redis, and what Redis holds; looked up when somebody asks for the metrics. */
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
    const held = metrics.gauge({ name: 'counters_held', help: 'Counters that Redis holds.' });
    const journal = metrics.gauge({
      name: 'counter_journal_entries',
      help: 'Counters with increments that PostgreSQL does not know yet.',
    });
    const lag = metrics.gauge({
      name: 'counter_drain_lag_seconds',
      help: 'Age of the oldest increment that PostgreSQL may not know yet, at most; 0 when it knows everything.',
      collect: async () => {
        const sizes = await store.sizes().catch(() => undefined);
        if (sizes) {
          held.set(sizes.held);
          journal.set(sizes.waiting);
        }
        lag.set(sizes?.waiting === 0 ? 0 : (performance.now() - Math.min(...this.asOf)) / 1000);
      },
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
}

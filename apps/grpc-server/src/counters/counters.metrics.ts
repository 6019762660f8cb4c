import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import { CounterStore } from './counter.store.js';

/** How far PostgreSQL is behind Redis; looked up when somebody asks for the metrics. */
@Injectable()
export class CountersMetrics {
  private behindSince: number | undefined;

  constructor(metrics: Metrics, store: CounterStore) {
    const pending = metrics.gauge({
      name: 'counter_journal_entries',
      help: 'Counters with increments that PostgreSQL does not know yet.',
    });
    const lag = metrics.gauge({
      name: 'counter_drain_lag_seconds',
      help: 'For how long PostgreSQL has been seen behind Redis; 0 when it knows everything.',
      collect: async () => {
        const entries = await store.pending().catch(() => undefined);
        if (entries === undefined) return;
        this.behindSince = entries === 0 ? undefined : (this.behindSince ?? performance.now());
        pending.set(entries);
        lag.set(
          this.behindSince === undefined ? 0 : Math.max(0.001, (performance.now() - this.behindSince) / 1000),
        );
      },
    });
  }
}

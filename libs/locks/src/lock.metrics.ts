import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter, Gauge, Histogram } from 'prom-client';

const OUTCOMES = ['acquired', 'busy', 'full', 'cancelled', 'failed'] as const;

export type LockOutcome = (typeof OUTCOMES)[number];

/** Metrics of locks. There is no label for lock names, because their number is not bounded. */
@Injectable()
export class LockMetrics {
  private readonly requests: Counter<'outcome'>;
  private readonly waits: Histogram;
  private readonly holding: Gauge;
  private readonly losses: Counter;

  constructor(metrics: Metrics) {
    this.requests = metrics.counter({
      name: 'locks_requests_total',
      help: 'Requests for locks by how they ended.',
      labelNames: ['outcome'],
      values: { outcome: OUTCOMES },
    });
    this.waits = metrics.histogram({
      name: 'locks_wait_duration_seconds',
      help: 'Time until a lock was held.',
    });
    this.holding = metrics.gauge({
      name: 'locks_held',
      help: 'Locks that this process holds.',
    });
    this.losses = metrics.counter({
      name: 'locks_lost_total',
      help: 'Locks that were lost while they were held.',
    });
  }

  ended(outcome: LockOutcome, ms: number): void {
    this.requests.labels({ outcome }).inc();
    if (outcome === 'acquired') this.waits.observe(ms / 1000);
  }

  /** Counts a lock as held until `end` is called. */
  held(): { end(): void } {
    const gauge = this.holding;
    let ended = false;
    gauge.inc();
    return {
      end: () => {
        if (!ended) gauge.dec();
        ended = true;
      },
    };
  }

  lost(): void {
    this.losses.inc();
  }
}

import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter, Gauge, Histogram } from 'prom-client';
import type { LockDriver } from './locks.js';

const DRIVERS: readonly LockDriver[] = ['redis', 'postgres'];
const OUTCOMES = ['acquired', 'busy', 'full', 'cancelled', 'failed'] as const;

export type LockOutcome = (typeof OUTCOMES)[number];

/** How locks are got and lost; names are of no bound, so they are no labels. */
@Injectable()
export class LockMetrics {
  private readonly requests: Counter<'driver' | 'outcome'>;
  private readonly waits: Histogram<'driver'>;
  private readonly holding: Gauge<'driver'>;
  private readonly losses: Counter<'driver'>;

  constructor(metrics: Metrics) {
    this.requests = metrics.counter({
      name: 'locks_requests_total',
      help: 'Requests for locks by how they ended.',
      labelNames: ['driver', 'outcome'],
      values: { driver: DRIVERS, outcome: OUTCOMES },
    });
    this.waits = metrics.histogram({
      name: 'locks_wait_duration_seconds',
      help: 'Time until a lock was held.',
      labelNames: ['driver'],
    });
    this.holding = metrics.gauge({
      name: 'locks_held',
      help: 'Locks that this process holds.',
      labelNames: ['driver'],
    });
    this.losses = metrics.counter({
      name: 'locks_lost_total',
      help: 'Locks that were lost while they were held.',
      labelNames: ['driver'],
      values: { driver: DRIVERS },
    });
  }

  ended(driver: LockDriver, outcome: LockOutcome, ms: number): void {
    this.requests.labels({ driver, outcome }).inc();
    if (outcome === 'acquired') this.waits.labels({ driver }).observe(ms / 1000);
  }

  /** A lock is held from now on, until `end` is called. */
  held(driver: LockDriver): { end(): void } {
    const gauge = this.holding.labels({ driver });
    let ended = false;
    gauge.inc();
    return {
      end: () => {
        if (!ended) gauge.dec();
        ended = true;
      },
    };
  }

  lost(driver: LockDriver): void {
    this.losses.labels({ driver }).inc();
  }
}

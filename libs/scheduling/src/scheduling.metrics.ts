import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter, Gauge, Histogram } from 'prom-client';
import type { Outcome } from './job-run.js';

/** Upper bounds in seconds; jobs take longer than requests. */
const BUCKETS = [0.05, 0.25, 1, 5, 15, 60, 300, 900, 3600];

@Injectable()
export class SchedulingMetrics {
  private readonly runs: Counter<'job' | 'outcome'>;
  private readonly durations: Histogram<'job'>;
  private readonly lastSuccess: Gauge<'job'>;

  constructor(metrics: Metrics) {
    this.runs = metrics.counter({
      name: 'cron_runs_total',
      help: 'Runs that ended in this process, and instants that it found missed.',
      labelNames: ['job', 'outcome'],
    });
    this.durations = metrics.histogram({
      name: 'cron_run_duration_seconds',
      help: 'Time from the beginning of a run to its end.',
      labelNames: ['job'],
      buckets: BUCKETS,
    });
    this.lastSuccess = metrics.gauge({
      name: 'cron_last_success_timestamp_seconds',
      help: 'When a run last succeeded in this process; alert on its greatest value in the fleet being old.',
      labelNames: ['job'],
    });
  }

  missed(job: string, instants: number): void {
    this.runs.inc({ job, outcome: 'missed' }, instants);
  }

  ended(job: string, outcome: Outcome, milliseconds: number): void {
    this.runs.inc({ job, outcome });
    this.durations.observe({ job }, milliseconds / 1000);
    if (outcome === 'succeeded') this.lastSuccess.set({ job }, Date.now() / 1000);
  }
}

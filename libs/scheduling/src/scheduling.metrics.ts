import { Metrics, type Reading } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';
import type { Job } from './job.js';
import type { Outcome } from './job-run.js';
import { JobRunStore } from './job-run.store.js';

/** Upper bounds in seconds; jobs take longer than requests. */
const BUCKETS = [0.05, 0.25, 1, 5, 15, 60, 300, 900, 3600];

/** The outcomes that a process can observe; only the records show that a process has crashed. */
const OUTCOMES: readonly Outcome[] = ['succeeded', 'failed', 'timed_out', 'lost', 'missed'];

/** Number of next instants from which the interval of a job is computed. */
const INSTANTS = 10;

@Injectable()
export class SchedulingMetrics {
  private readonly runs: Counter<'cron_job' | 'outcome'>;
  private readonly durations: Histogram<'cron_job'>;
  /** The served jobs, and when each began to be served, in milliseconds since the Unix epoch. */
  private readonly served = new Map<string, { job: Job; since: number }>();

  constructor(
    metrics: Metrics,
    private readonly store: JobRunStore,
  ) {
    this.runs = metrics.counter({
      name: 'cron_runs_total',
      help: 'Runs that ended in this process, and instants that it found missed.',
      labelNames: ['cron_job', 'outcome'],
    });
    this.durations = metrics.histogram({
      name: 'cron_run_duration_seconds',
      help: 'Time from the beginning of a run to its end.',
      labelNames: ['cron_job'],
      buckets: BUCKETS,
    });
    const jobs = metrics.measuredGauges({
      name: 'cron',
      gauges: {
        lastSuccess: {
          name: 'cron_last_success_timestamp_seconds',
          help: 'When a run last succeeded in any process; before the first success, when this process began to serve the job.',
          labelNames: ['cron_job'],
        },
        interval: {
          name: 'cron_interval_seconds',
          help: 'The longest time between two of the next instants of the job.',
          labelNames: ['cron_job'],
        },
      },
    });
    jobs.add({}, async () => ({ lastSuccess: await this.lastSuccesses(), interval: this.intervals() }));
  }

  /** Sets the served jobs. */
  serve(jobs: readonly Job[]): void {
    const known = new Map(this.served);
    this.served.clear();
    for (const job of jobs) {
      this.served.set(job.name, { job, since: known.get(job.name)?.since ?? Date.now() });
      for (const outcome of OUTCOMES) this.runs.inc({ cron_job: job.name, outcome }, 0);
    }
  }

  missed(job: string, instants: number): void {
    this.runs.inc({ cron_job: job, outcome: 'missed' }, instants);
  }

  ended(job: string, outcome: Outcome, milliseconds: number): void {
    this.runs.inc({ cron_job: job, outcome });
    this.durations.observe({ cron_job: job }, milliseconds / 1000);
  }

  private async lastSuccesses(): Promise<Reading[]> {
    const successes = await this.store.lastSuccesses([...this.served.keys()]);
    return Array.from(this.served, ([name, { since }]) => ({
      labels: { cron_job: name },
      value: (successes.get(name)?.getTime() ?? since) / 1000,
    }));
  }

  private intervals(): Reading[] {
    return Array.from(this.served, ([name, { job }]) => ({
      labels: { cron_job: name },
      value: longestInterval(job) / 1000,
    }));
  }
}

function longestInterval({ schedule }: Job): number {
  let [longest, instant] = [0, schedule.next(new Date())];
  for (let count = 1; count < INSTANTS; count++) {
    const next = schedule.next(instant);
    longest = Math.max(longest, next.getTime() - instant.getTime());
    instant = next;
  }
  return longest;
}

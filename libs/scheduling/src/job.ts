import type { CronSchedule } from './cron.schedule.js';
import type { JobRun } from './job-run.js';
import type { ScheduledJobOptions } from './scheduled-job.decorator.js';

/** A method that a decorator made a job. */
export interface JobMethod {
  readonly options: ScheduledJobOptions;
  readonly handler: (run: JobRun) => Promise<void>;
}

/** A job as it runs now: its decorator's values under those of the configuration. */
export interface Job {
  readonly name: string;
  readonly schedule: CronSchedule;
  readonly overlap: 'skip' | 'allow';
  readonly misfire: 'skip' | 'run-once';
  /** In milliseconds. */
  readonly deadline: number;
  readonly enabled: boolean;
  readonly handler: (run: JobRun) => Promise<void>;
}

/** `job@instant`: one piece of scheduled work, whoever attempts it and how often. */
export function idempotencyKey(job: Job, scheduledAt: Date): string {
  return `${job.name}@${scheduledAt.toISOString()}`;
}

/** Runs that must not overlap share one lease; those that may have one for each instant. */
export function leaseName(job: Job, scheduledAt: Date): string {
  return job.overlap === 'skip' ? `job:${job.name}` : `job:${idempotencyKey(job, scheduledAt)}`;
}

import type { CronSchedule } from './cron.schedule.js';
import type { JobRun } from './job-run.js';
import type { ScheduledJobOptions } from './scheduled-job.decorator.js';

/** A method with the decorator `@ScheduledJob`. */
export interface JobMethod {
  readonly options: ScheduledJobOptions;
  readonly handler: (run: JobRun) => Promise<void>;
}

/** The current settings of a job: those of its decorator, overridden by the configuration. */
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

/** `job@instant`: the same for every attempt in every process. */
export function idempotencyKey(job: Job, scheduledAt: Date): string {
  return `${job.name}@${scheduledAt.toISOString()}`;
}

/** Runs that must not overlap share one lease; runs that may overlap have one lease per instant. */
export function leaseName(job: Job, scheduledAt: Date): string {
  return job.overlap === 'skip' ? `job:${job.name}` : `job:${idempotencyKey(job, scheduledAt)}`;
}

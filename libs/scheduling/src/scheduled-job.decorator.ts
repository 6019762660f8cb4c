import type { JobRun } from './job-run.js';

const JOB = Symbol('scheduled job');

/** @publicApi */
export interface ScheduledJobOptions {
  /** Unique in the app, `slice.verb`; names the lease, the records and the metrics. */
  name: string;
  /** Five fields, or six with seconds first. `scheduling.jobs.<name>.cron` overrides it. */
  cron: string;
  /** Of the IANA database. @default 'UTC' */
  timezone?: string;
  /** Whether an instant is skipped while an earlier run has not ended. @default 'skip' */
  overlap?: 'skip' | 'allow';
  /** Policy for an instant that no process could run, or whose run crashed. @default 'skip' */
  misfire?: 'skip' | 'run-once';
  /** When `run.signal` is aborted, such as `30s`. */
  deadline: string;
}

/**
 * Runs a method of a provider on a schedule, once in the fleet for each instant.
 *
 * @publicApi
 */
export function ScheduledJob(options: ScheduledJobOptions) {
  return <T extends (run: JobRun) => Promise<void>>(
    _target: object,
    _key: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    if (descriptor.value) Reflect.defineMetadata(JOB, options, descriptor.value);
  };
}

/** The options of a method's decorator. */
export function scheduledJobOf(method: object | undefined): ScheduledJobOptions | undefined {
  return method && (Reflect.getMetadata(JOB, method) as ScheduledJobOptions | undefined);
}

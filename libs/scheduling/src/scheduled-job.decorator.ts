import type { JobRun } from './job-run.js';

const JOB = Symbol('scheduled job');

/** @publicApi */
export interface ScheduledJobOptions {
  /** Unique in the app, `slice.verb`; names the lease, the records and the metrics. */
  name: string;
  /** Five fields, or six with seconds first. `scheduling.jobs.<name>.cron` goes before it. */
  cron: string;
  /** Of the IANA database. @default 'UTC' */
  timezone?: string;
  /** Whether an instant is passed over while an earlier run still goes on. @default 'skip' */
  overlap?: 'skip' | 'allow';
  /** What becomes of an instant that nobody could serve, or whose run crashed. @default 'skip' */
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

/** What the decorator said about a method. */
export function scheduledJobOf(method: object | undefined): ScheduledJobOptions | undefined {
  return method && (Reflect.getMetadata(JOB, method) as ScheduledJobOptions | undefined);
}

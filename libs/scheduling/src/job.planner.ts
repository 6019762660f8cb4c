import { type ConfigHandle, ConfigInvalidError, duration, InjectConfig } from '@app/config';
import { Injectable } from '@nestjs/common';
import { CronSchedule } from './cron.schedule.js';
import type { Job, JobMethod } from './job.js';
import { type SchedulingConfig, schedulingConfig } from './scheduling.config.js';
import { JobInvalidError } from './scheduling.errors.js';

/** Lays the configuration over what the decorators say. */
@Injectable()
export class JobPlanner {
  constructor(@InjectConfig(schedulingConfig) private readonly config: ConfigHandle<SchedulingConfig>) {}

  /**
   * @throws JobInvalidError when a decorator's schedule or deadline cannot be read
   * @throws ConfigInvalidError when the configuration's cannot, or it names no job of this app
   */
  plan(methods: readonly JobMethod[]): Job[] {
    this.refuseUnknown(methods.map(({ options }) => options.name));
    return methods.map((method) => this.planOne(method));
  }

  private planOne({ options, handler }: JobMethod): Job {
    const { enabled, jobs, minDeadline = 0 } = this.config.current;
    const { name, timezone = 'UTC', overlap = 'skip', misfire = 'skip' } = options;
    const own = jobs[name] ?? {};
    return {
      name,
      overlap,
      misfire,
      handler,
      enabled: enabled && (own.enabled ?? true),
      deadline: Math.max(own.deadline ?? deadlineOf(name, options.deadline), minDeadline),
      schedule:
        own.cron === undefined ? written(name, options.cron, timezone) : configured(name, own.cron, timezone),
    };
  }

  private refuseUnknown(known: readonly string[]): void {
    const unknown = Object.keys(this.config.current.jobs).filter((name) => !known.includes(name));
    if (unknown.length === 0) return;
    const expected = `a job of this app: ${known.join(', ') || 'it has none'}`;
    const found = 'not a job';
    throw ConfigInvalidError.of(
      unknown.map((name) => ({ path: `scheduling.jobs.${name}`, found, expected, origin: undefined })),
    );
  }
}

function deadlineOf(name: string, text: string): number {
  const parsed = duration().safeParse(text);
  if (!parsed.success) throw JobInvalidError.badDeadline(name, text);
  return parsed.data;
}

function written(name: string, cron: string, timezone: string): CronSchedule {
  try {
    return new CronSchedule(cron, timezone);
  } catch (error) {
    throw JobInvalidError.badSchedule(name, cron, timezone, error);
  }
}

function configured(name: string, cron: string, timezone: string): CronSchedule {
  try {
    return new CronSchedule(cron, timezone);
  } catch (error) {
    const expected = `a cron expression of five or six fields (${error instanceof Error ? error.message : String(error)})`;
    throw ConfigInvalidError.of([
      { path: `scheduling.jobs.${name}.cron`, found: JSON.stringify(cron), expected, origin: undefined },
    ]);
  }
}

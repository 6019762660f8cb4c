import { ConfigInvalidError, duration } from '@app/config';
import { Injectable } from '@nestjs/common';
import { expectedCron } from './cron.expression.js';
import { CronSchedule } from './cron.schedule.js';
import type { Job, JobMethod } from './job.js';
import type { SchedulingConfig } from './scheduling.config.js';
import { JobInvalidError } from './scheduling.errors.js';

/** Merges the configuration over the options of the decorators. */
@Injectable()
export class JobPlanner {
  /**
   * @throws JobInvalidError when a decorator's schedule or deadline is invalid
   * @throws ConfigInvalidError when one in the configuration is invalid, or its job does not exist in this app
   */
  plan(methods: readonly JobMethod[], config: SchedulingConfig): Job[] {
    refuseUnknown(
      methods.map(({ options }) => options.name),
      config,
    );
    return methods.map((method) => this.planOne(method, config));
  }

  private planOne({ options, handler }: JobMethod, config: SchedulingConfig): Job {
    const { enabled, jobs, minDeadline = 0 } = config;
    const { name, timezone = 'UTC', overlap = 'skip', misfire = 'skip' } = options;
    const own = jobs[name] ?? {};
    const schedule = written(name, options.cron, timezone);
    return {
      name,
      overlap,
      misfire,
      handler,
      enabled: enabled && (own.enabled ?? true),
      deadline: Math.max(own.deadline ?? deadlineOf(name, options.deadline), minDeadline),
      schedule: own.cron === undefined ? schedule : configured(name, own.cron, timezone),
    };
  }
}

function refuseUnknown(known: readonly string[], { jobs }: SchedulingConfig): void {
  const unknown = Object.keys(jobs).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const expected = `a job of this app: ${known.join(', ') || 'it has none'}`;
  const found = 'not a job';
  throw ConfigInvalidError.of(
    unknown.map((name) => ({ path: `scheduling.jobs.${name}`, found, expected, origin: undefined })),
  );
}

function deadlineOf(name: string, text: string): number {
  const parsed = duration({ min: '1ms' }).safeParse(text);
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
    const expected = expectedCron(error instanceof Error ? error.message : String(error));
    throw ConfigInvalidError.of([
      { path: `scheduling.jobs.${name}.cron`, found: JSON.stringify(cron), expected, origin: undefined },
    ]);
  }
}

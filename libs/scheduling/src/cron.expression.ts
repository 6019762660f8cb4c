import { z } from 'zod';
import { CronSchedule } from './cron.schedule.js';

/** A valid cron expression that fires at some time. It stays text, because its time zone is a separate value. */
export function cronExpression() {
  return z.string().superRefine((text, context) => {
    const reason = whyUnusable(() => new CronSchedule(text, 'UTC'));
    if (reason !== undefined) context.addIssue({ code: 'custom', message: expectedCron(reason) });
  });
}

/** Describes the expected value for an invalid expression. */
export function expectedCron(reason: string): string {
  return `a cron expression of five or six fields (${reason})`;
}

function whyUnusable(make: () => CronSchedule): string | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

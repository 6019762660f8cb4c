import { z } from 'zod';
import { CronSchedule } from './cron.schedule.js';

/** A cron expression that can be read and fires; stays text, since its time zone stands elsewhere. */
export function cronExpression() {
  return z.string().superRefine((text, context) => {
    const reason = whyUnusable(() => new CronSchedule(text, 'UTC'));
    if (reason !== undefined) context.addIssue({ code: 'custom', message: expectedCron(reason) });
  });
}

/** For a person: what should stand where an expression cannot be used. */
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

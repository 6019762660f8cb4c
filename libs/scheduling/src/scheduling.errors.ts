import { AppError, Status } from '@app/errors';

export abstract class SchedulingError extends AppError {}

/** A `@ScheduledJob` that cannot be run as it is written; the start fails. */
export class JobInvalidError extends SchedulingError {
  static badSchedule(job: string, cron: string, timezone: string, cause: unknown): JobInvalidError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return JobInvalidError.saying(
      `The job ${job} has the schedule "${cron}" (${timezone}), which cannot be read: ${reason}. ` +
        'Write five fields (minute hour day month weekday), or six with seconds first, and an IANA time zone.',
      cause,
    );
  }

  static badDeadline(job: string, deadline: string): JobInvalidError {
    return JobInvalidError.saying(
      `The job ${job} has the deadline "${deadline}". Write a duration of at most 24d with its unit, such as 30s or 5m.`,
    );
  }

  static duplicate(job: string): JobInvalidError {
    return JobInvalidError.saying(`Two jobs are called ${job}. Give each @ScheduledJob a name of its own.`);
  }

  static requestScoped(job: string, provider: string): JobInvalidError {
    return JobInvalidError.saying(
      `The job ${job} stands in ${provider}, which depends on something request-scoped and so has no instance to run it. Make its dependencies singletons.`,
    );
  }

  private static saying(message: string, cause?: unknown): JobInvalidError {
    return new JobInvalidError({
      reason: 'JOB_INVALID',
      status: Status.FAILED_PRECONDITION,
      logLevel: 'fatal',
      message,
      cause,
    });
  }
}

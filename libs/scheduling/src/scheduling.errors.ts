import { AppError, Status } from '@app/errors';

export abstract class SchedulingError extends AppError {}

/** A `@ScheduledJob` with an error in the code; the start fails. */
export class JobInvalidError extends SchedulingError {
  static badSchedule(job: string, cron: string, timezone: string, cause: unknown): JobInvalidError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return JobInvalidError.saying(
      `The job ${job} has the schedule "${cron}" (${timezone}), which is invalid: ${reason}. ` +
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
    return JobInvalidError.saying(`Two jobs have the name ${job}. Give each @ScheduledJob a unique name.`);
  }

  static requestScoped(job: string, provider: string): JobInvalidError {
    return JobInvalidError.saying(
      `The job ${job} is a method of ${provider}, which has a request-scoped dependency and so no instance to run it. Make its dependencies singletons.`,
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

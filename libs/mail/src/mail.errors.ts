import { AppError, Status } from '@app/errors';

/** The errors of this lib. */
export abstract class MailError extends AppError {}

/** The relay rejects this mail or its recipient permanently. */
export class MailRefusedError extends MailError {
  static because(cause: Error): MailRefusedError {
    return new MailRefusedError({
      reason: 'MAIL_REFUSED',
      status: Status.INVALID_ARGUMENT,
      logLevel: 'warn',
      message: 'The mail relay permanently rejected a mail. Check its address, or allow it in the relay.',
      cause,
    });
  }
}

/** No relay accepted the mail: it cannot be reached, rejects our login or all mails for now, or took too long. */
export class MailUnavailableError extends MailError {
  static because(cause: unknown): MailUnavailableError {
    return new MailUnavailableError({
      reason: 'MAIL_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1_000,
      message: 'The mail relay accepts no mail at the moment. Check mail.url and the relay.',
      cause,
    });
  }
  /** The relay rejects only this mail or its recipient for now; it accepts other mails. */
  static deferred(cause: Error): MailUnavailableError {
    return new MailUnavailableError({
      reason: 'MAIL_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 60_000,
      countsAsFailure: false,
      message: 'The mail relay rejected this mail for now. Send it again later.',
      cause,
    });
  }
}

import { AppError, Status } from '@app/errors';

/** What can go wrong with a mail. */
export abstract class MailError extends AppError {}

/** The relay wants neither this mail nor this recipient, now or later. */
export class MailRefusedError extends MailError {
  static because(cause: Error): MailRefusedError {
    return new MailRefusedError({
      reason: 'MAIL_REFUSED',
      status: Status.INVALID_ARGUMENT,
      logLevel: 'warn',
      message: 'The mail relay refused a mail for good. Check its address, or allow it in the relay.',
      cause,
    });
  }
}

/** No relay took the mail: it cannot be reached, refuses our login or all for now, or took too long. */
export class MailUnavailableError extends MailError {
  static because(cause: unknown): MailUnavailableError {
    return new MailUnavailableError({
      reason: 'MAIL_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1_000,
      message: 'The mail relay takes no mail at the moment. Check mail.url and the relay.',
      cause,
    });
  }
  /** The recipient, or the relay for this mail alone, takes it later; others are taken. */
  static deferred(cause: Error): MailUnavailableError {
    return new MailUnavailableError({
      reason: 'MAIL_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 60_000,
      countsAsFailure: false,
      message: 'The mail relay takes this mail later. Send it again after a while.',
      cause,
    });
  }
}

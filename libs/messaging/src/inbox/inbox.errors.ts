import { Status } from '@app/errors';
import { MessagingError } from '../messaging.errors.js';

/** Another delivery of the message is still being handled. No attempt is counted for this delivery. */
export class MessageInProgressError extends MessagingError {
  static on(queue: string, cause: unknown): MessageInProgressError {
    return new MessageInProgressError({
      reason: 'MESSAGE_IN_PROGRESS',
      status: Status.ABORTED,
      logLevel: 'warn',
      retryable: true,
      message: `Another delivery of the message on ${queue} is being handled. This one is tried again later, and its attempt is not counted.`,
      cause,
      details: { queue },
    });
  }
}

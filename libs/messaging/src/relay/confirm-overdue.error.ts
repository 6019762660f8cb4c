import { Status } from '@app/errors';
import { MessagingError } from '../messaging.errors.js';

/** The broker confirms messages for other queues but not this event. Its queue may have lost its majority. */
export class ConfirmOverdueError extends MessagingError {
  static after(milliseconds: number): ConfirmOverdueError {
    return new ConfirmOverdueError({
      reason: 'CONFIRM_OVERDUE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      message:
        `The broker did not confirm an event within ${milliseconds} ms, but it confirmed others. ` +
        'The event is sent again. Look at the state of its queue in the broker.',
    });
  }
}

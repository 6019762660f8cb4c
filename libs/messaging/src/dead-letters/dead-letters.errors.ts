import { Status } from '@app/errors';
import { MessagingError } from '../messaging.errors.js';
import type { DeadLetterStatus } from './dead-letter.js';

/** No dead letter has this id, or its retention is over. */
export class DeadLetterNotFoundError extends MessagingError {
  static of(id: string): DeadLetterNotFoundError {
    return new DeadLetterNotFoundError({
      reason: 'DEAD_LETTER_NOT_FOUND',
      status: Status.NOT_FOUND,
      message: `There is no dead letter ${id}. Look for it in the list, by its id and not by that of its message.`,
      details: { id },
    });
  }
}

/** Somebody else has handled the dead letter, or is handling it now. */
export class DeadLetterHandledError extends MessagingError {
  static of(id: string, status: DeadLetterStatus): DeadLetterHandledError {
    const state = status === 'dead' ? 'in the hands of somebody else' : status;
    return new DeadLetterHandledError({
      reason: 'DEAD_LETTER_HANDLED',
      status: Status.ABORTED,
      message: `The letter ${id} is ${state}. Look at it again before you act.`,
      details: { id, status },
    });
  }
}

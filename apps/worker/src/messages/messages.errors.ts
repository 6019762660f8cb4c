import { AppError, Status } from '@app/errors';

/** No such message was accepted, or it was purged long after it had finished. */
export class MessageNotFoundError extends AppError {
  static of(messageId: string): MessageNotFoundError {
    return new MessageNotFoundError({
      reason: 'MESSAGE_NOT_FOUND',
      status: Status.NOT_FOUND,
      message: `There is no message ${messageId}. Check the id that the reply to your message gave.`,
      details: { message_id: messageId },
    });
  }
}

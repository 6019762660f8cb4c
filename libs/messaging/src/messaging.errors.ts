import { AppError, Status } from '@app/errors';

export abstract class MessagingError extends AppError {}

/** An event was added without an open transaction, so nothing would tie it to the change that it reports. */
export class NoTransactionError extends MessagingError {
  static of(type: string): NoTransactionError {
    return new NoTransactionError({
      reason: 'INTERNAL',
      status: Status.INTERNAL,
      message: `The event ${type} was added outside a transaction. Add it in a @Transactional() method, beside the change that it reports.`,
    });
  }
}

/** A message beyond `messaging.max_message_size`. The broker would close the shared channel if it rejected it. */
export class MessageTooLargeError extends MessagingError {
  static of(type: string, size: number, maximum: number): MessageTooLargeError {
    return new MessageTooLargeError({
      reason: 'PAYLOAD_TOO_LARGE',
      status: Status.PAYLOAD_TOO_LARGE,
      message: `A message ${type} of ${size} bytes is beyond messaging.max_message_size (${maximum}). Store its content elsewhere and send where it is.`,
      details: { type, size, maximum },
    });
  }
}

/** A message that lacks what every message of the project has. Retrying does not help. */
export class MalformedMessageError extends MessagingError {
  static because(fault: string, cause?: unknown): MalformedMessageError {
    return new MalformedMessageError({
      reason: 'MALFORMED_MESSAGE',
      status: Status.INVALID_ARGUMENT,
      logLevel: 'warn',
      message: `The message ${fault}. Publish it through MessagePublisher or EventOutbox.`,
      cause,
    });
  }
}

/** A message whose content is compressed, or in another charset than UTF-8. Retrying does not help. */
export class UnsupportedContentError extends MessagingError {
  static encoding(encoding: string): UnsupportedContentError {
    return unsupported(`the content_encoding "${encoding}"`);
  }

  static charset(charset: string): UnsupportedContentError {
    return unsupported(`the charset "${charset}"`);
  }
}

function unsupported(what: string): UnsupportedContentError {
  return new UnsupportedContentError({
    reason: 'UNSUPPORTED_MEDIA_TYPE',
    status: Status.UNSUPPORTED_MEDIA_TYPE,
    logLevel: 'warn',
    message: `The message has ${what}, which is not read here. Publish JSON in UTF-8, not compressed.`,
  });
}

/** A delayed message for a queue that this app does not use. A later release may use it, so it is retryable. */
export class UnknownTargetError extends MessagingError {
  static of(target: string): UnknownTargetError {
    return new UnknownTargetError({
      reason: 'UNKNOWN_TARGET',
      status: Status.FAILED_PRECONDITION,
      logLevel: 'warn',
      retryable: true,
      message: `A delayed message is for "${target}", which this app neither consumes nor publishes to. Name it in RabbitMqModule.forFeature, or discard the message.`,
      details: { target },
    });
  }
}

/** Two handlers consume the same queue; each message would reach only one of them. */
export class QueueTakenError extends MessagingError {
  static of(queue: string): QueueTakenError {
    return new QueueTakenError({
      reason: 'INTERNAL',
      status: Status.INTERNAL,
      logLevel: 'fatal',
      message: `Two handlers are decorated with @Consume for "${queue}". Give each a queue of its own, or make one of them.`,
    });
  }
}

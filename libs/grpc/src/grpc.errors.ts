import { AppError, Status } from '@app/errors';

/** The errors of the gRPC transport. */
export abstract class GrpcError extends AppError {}

/** A message exceeds `max_message_size` of the side that reports it. Sending it again fails in the same way. */
export class MessageTooLargeError extends GrpcError {
  /** The request is too large. No handler received it whole. */
  static request(method: string, limit: number): MessageTooLargeError {
    return new MessageTooLargeError({
      reason: 'PAYLOAD_TOO_LARGE',
      status: Status.REQUEST_TOO_LARGE,
      logLevel: 'warn',
      message:
        `The request of ${method} is larger than ${limit} bytes. ` +
        'Send less at a time, or raise max_message_size on both sides.',
      details: { max_message_size: limit },
    });
  }

  /** The response is too large. Its handler has already run. */
  static response(method: string, limit: number): MessageTooLargeError {
    return new MessageTooLargeError({
      reason: 'RESPONSE_TOO_LARGE',
      status: Status.RESPONSE_TOO_LARGE,
      message:
        `The response of ${method} is larger than ${limit} bytes. ` +
        'Ask for less at a time, or raise max_message_size on both sides.',
      outcome: 'unknown',
      details: { max_message_size: limit },
    });
  }
}

/** The metadata of a call exceeds `grpc.max_metadata_size`. */
export class MetadataTooLargeError extends GrpcError {
  static of(size: number, limit: number): MetadataTooLargeError {
    return new MetadataTooLargeError({
      reason: 'METADATA_TOO_LARGE',
      status: Status.METADATA_TOO_LARGE,
      message: `The metadata has ${size} bytes, ${limit} are taken. Put what is large into the message.`,
      details: { max_metadata_size: limit },
    });
  }
}

/** The bytes are not a valid message of the method's type. */
export class MalformedMessageError extends GrpcError {
  static of(type: string, cause: unknown): MalformedMessageError {
    return new MalformedMessageError({
      reason: 'MALFORMED_MESSAGE',
      status: Status.INVALID_ARGUMENT,
      message: `The request is no ${type}. Do both sides use the same proto files?`,
      cause,
    });
  }
}

/** The reader of a stream is slower than the Observable behind it, and the buffer is full. */
export class SlowReaderError extends GrpcError {
  static of(limit: number): SlowReaderError {
    return new SlowReaderError({
      reason: 'SLOW_READER',
      status: Status.RESOURCE_EXHAUSTED,
      logLevel: 'warn',
      message:
        `The stream was ended: more than ${limit} bytes waited for its reader. Read faster, or ask for less. ` +
        'A handler that returns an AsyncIterable waits for its reader; an Observable cannot.',
    });
  }
}

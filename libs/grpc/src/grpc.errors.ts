import { AppError, Status } from '@app/errors';

/** What goes wrong between a message and the wire. */
export abstract class GrpcError extends AppError {}

/** A message is beyond `max_message_size` of whoever reports it. The same message is too large each time. */
export class MessageTooLargeError extends GrpcError {
  /** The caller has sent too much; no handler saw it whole. */
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

  /** The server has more to say than fits. Its handler has done its work by then. */
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

/** The metadata of a call is beyond `grpc.max_metadata_size`. */
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

/** Bytes that are no message of the method's type. */
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

/** Who reads a stream is slower than what is pushed into it, and nothing more may be kept for it. */
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

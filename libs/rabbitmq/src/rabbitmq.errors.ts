import { AppError, outcomeUnknown, Status } from '@app/errors';

export abstract class RabbitMqError extends AppError {}

/** The broker has no queue of this name, so the message could not be routed. */
export class QueueNotFoundError extends RabbitMqError {
  static of(queue: string): QueueNotFoundError {
    return new QueueNotFoundError({
      reason: 'QUEUE_NOT_FOUND',
      status: Status.NOT_FOUND,
      message: `There is no queue "${queue}" to publish to. Check the name.`,
      details: { queue },
    });
  }
}

/** The broker did not confirm the message in time. */
export class PublishUnconfirmedError extends RabbitMqError {
  /** It was written to a connection: the broker may have it (`OUTCOME_UNKNOWN`). Publish it again with the same id. */
  static of(queue: string, cause?: unknown, messageId?: string): PublishUnconfirmedError {
    const details = { queue, ...(messageId !== undefined && { message_id: messageId }) };
    return new PublishUnconfirmedError(outcomeUnknown('rabbitmq', cause, details));
  }

  /** It waited for a connection or for the window, and was not sent. */
  static notSent(queue: string, cause?: unknown): PublishUnconfirmedError {
    return new PublishUnconfirmedError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1000,
      outcome: 'refused',
      message:
        'The message broker could not be reached in time, and the message was not sent. Try again shortly.',
      cause,
      details: { queue },
    });
  }
}

/** The broker has a memory or disk alarm and accepts no messages until it ends. This message was not sent. */
export class PublishBlockedError extends RabbitMqError {
  static of(queue: string, reason: string): PublishBlockedError {
    return new PublishBlockedError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 5000,
      outcome: 'refused',
      message: `The message broker takes no messages at the moment (${reason}). The message was not sent. Try again later.`,
      details: { queue },
    });
  }
}

/** The broker has a memory or disk alarm and accepts no messages of this app until it ends. */
export class BrokerBlockedError extends RabbitMqError {
  static of(reason: string): BrokerBlockedError {
    return new BrokerBlockedError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      message: `RabbitMQ takes no messages: ${reason}. Give it memory or disk.`,
    });
  }
}

/** The broker rejected the message: the queue is full, or has lost the majority of its nodes. */
export class PublishRefusedError extends RabbitMqError {
  static of(queue: string, cause?: unknown): PublishRefusedError {
    return new PublishRefusedError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1000,
      message: 'The message broker refused the message for now. Try again shortly.',
      cause,
      details: { queue },
    });
  }
  /** The app's user has no permission to publish there. A configuration error, not an outage of the broker. */
  static forbidden(queue: string, cause: unknown): PublishRefusedError {
    return new PublishRefusedError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'error',
      retryAfterMs: 30_000,
      countsAsFailure: false,
      message:
        'The message broker does not let this app publish there. Check the permissions of the user in rabbitmq.url.',
      cause,
      details: { queue },
    });
  }
}

/** The broker cannot accept this message. Retrying does not help. */
export class MessageUnsendableError extends RabbitMqError {
  static because(queue: string, cause: unknown): MessageUnsendableError {
    return new MessageUnsendableError({
      reason: 'MESSAGE_UNSENDABLE',
      status: Status.INVALID_ARGUMENT,
      message: `The broker cannot take a message (${cause instanceof Error ? cause.message : String(cause)}). Make its headers fewer and plainer, or its content smaller.`,
      cause,
      details: { queue },
    });
  }
}

/** The broker has the queue or exchange with other arguments than the code. Arguments cannot be changed. */
export class TopologyConflictError extends RabbitMqError {
  static of(kind: 'queue' | 'exchange', name: string, cause: Error): TopologyConflictError {
    const [, argument, wanted = '', current = ''] = CONFLICT.exec(cause.message) ?? [];
    const difference = argument
      ? `has ${argument} = ${plain(current)}, but the code says ${plain(wanted)}`
      : `does not match the code (${cause.message})`;
    return new TopologyConflictError({
      reason: 'TOPOLOGY_CONFLICT',
      status: Status.FAILED_PRECONDITION,
      logLevel: 'fatal',
      message:
        `The broker's ${kind} "${name}" ${difference}. The arguments of a ${kind} cannot be changed: ` +
        `give the ${kind} a new name in its definition, or empty it, delete it at the broker and start again.`,
      cause,
    });
  }
}

/** The error text of RabbitMQ 3 and 4. */
const CONFLICT = /inequivalent arg '([^']+)'.*?: received (.+?) but current is (.+?)"?$/s;

/** `'5000'`, `the value '5000' of type 'signedint'` → `5000`; `none` stays `none`. */
function plain(value: string): string {
  const [, text = value] = /^(?:the value )?'(.*?)'(?: of type .*)?$/s.exec(value) ?? [];
  return text === '' ? "''" : text;
}

/** The broker could not be reached while the app started. */
export class BrokerUnreachableError extends RabbitMqError {
  static of(host: string, cause: unknown): BrokerUnreachableError {
    return new BrokerUnreachableError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      retryable: true,
      message:
        `RabbitMQ at ${host} did not answer within lifecycle.start_timeout. ` +
        'Start it (npm run stack -- up), or correct rabbitmq.url.',
      cause,
    });
  }
}

/** The broker did not reply in time, although it is connected. */
export class BrokerTimeoutError extends RabbitMqError {
  static of(operation: string, milliseconds: number): BrokerTimeoutError {
    return new BrokerTimeoutError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      message: `RabbitMQ did not reply within ${milliseconds} ms (${operation}).`,
    });
  }
}

/** The connection or the channel closed before the broker replied. */
export class ConnectionLostError extends RabbitMqError {
  static during(operation: string, cause: unknown): ConnectionLostError {
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    return new ConnectionLostError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      message: `The connection to RabbitMQ closed before the reply (${operation})${why}.`,
      cause,
    });
  }
}

import type { Delay, QueueDefinition } from '@app/contracts';
import { UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { BatchOptions } from './batch.collector.js';
import { MessageErrorFilter } from './message-error.filter.js';
import type { StandardSchema } from './standard-schema.js';

/** Tells the handlers of this transport from those of others (`transportId` of Nest). */
export const AMQP = Symbol('amqp');

/** @publicApi */
export interface ConsumeOptions {
  queue: QueueDefinition;
  /**
   * How many messages are handled at once, per instance; how many batches, where there are such.
   * @default `messaging.concurrency`; 1 batch
   */
  concurrency?: number;
  /** The handler gets arrays of payloads, and `BatchContext`; they share a transaction. @default one by one */
  batch?: BatchOptions;
  /** How long a failed message waits before each further attempt. @default as the queue is defined */
  retry?: readonly Delay[];
  /** How long one attempt may take, such as `10s`. @default `messaging.handler_timeout` */
  deadline?: string;
  /** The payload's shape; a payload that does not have it is a dead letter at once. @default not checked */
  schema?: StandardSchema;
  /**
   * Whether the handler runs in a transaction with its inbox row, so that a redelivery has no second effect.
   * Switch it off only for a handler that is idempotent by itself. @default true
   */
  inbox?: boolean;
}

/** Its payload has the type that the schema gives; a decorator cannot see which. */
type Handler = (payload: never, context: never) => Promise<void>;

/**
 * Handles the messages of a queue: `handler(payload)`, or with `@Payload()` and `@Ctx() context: MessageContext`.
 * With `batch` it is `handler(payloads)`, or `@Payload()` and `@Ctx() context: BatchContext`: a batch that fails is
 * tried again in halves, until the message that is at fault is alone.
 *
 * Pipes, guards, interceptors and filters work as on any handler of Nest. The message is acknowledged when the
 * promise resolves. A failure sends it up the queue's retry ladder; an error that is not `retryable` (any
 * `AppError` that does not say so) makes it a dead letter at once.
 *
 * @publicApi
 */
export function Consume(options: ConsumeOptions) {
  return <T extends Handler>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    // On the class, so that filters of the handler itself come first and those of the whole app do not.
    UseFilters(MessageErrorFilter)(target.constructor);
    const subscribe: MethodDecorator = EventPattern<string>(options.queue.name, AMQP, { consume: options });
    subscribe(target, key, descriptor);
  };
}

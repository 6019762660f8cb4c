import type { Delay, EventDefinition, QueueDefinition } from '@app/contracts';
import { SetMetadata, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { BatchOptions } from './batch.collector.js';
import { receiveBy } from './event-queue.js';
import { MessageErrorFilter } from './message-error.filter.js';
import type { StandardSchema } from './standard-schema.js';

/** Tells the handlers of this transport from those of others (`transportId` of Nest). */
export const AMQP = Symbol('amqp');
const OPTIONS = Symbol('options of @Consume');

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

/** @publicApi */
export interface ConsumeEventOptions<Valid> extends Omit<ConsumeOptions, 'queue' | 'schema'> {
  /** What is handled. Several events have one queue and one message. */
  event: EventDefinition<Valid> | readonly EventDefinition<Valid>[];
  /** The queue that receives events of an exchange. @default the queue of the event */
  queue?: QueueDefinition;
}

type HandlerOf<Payload> = <T extends (payload: Payload, context: never) => Promise<void>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/**
 * Handles an event, or the messages of a queue: `handler(payload)`, or with `@Payload()` and `@Ctx() context: MessageContext`.
 * With `batch` it is `handler(payloads)`, or `@Payload()` and `@Ctx() context: BatchContext`: a batch that fails is
 * tried again in halves, until the message that is at fault is alone.
 *
 * Pipes, guards, interceptors and filters work as on any handler of Nest. The message is acknowledged when the
 * promise resolves. A failure sends it up the queue's retry ladder; an error that is not `retryable` (any
 * `AppError` that does not say so) makes it a dead letter at once.
 *
 * @publicApi
 */
export function Consume<Valid>(
  options: ConsumeEventOptions<Valid> & { batch: BatchOptions },
): HandlerOf<readonly Valid[]>;
export function Consume<Valid>(options: ConsumeEventOptions<Valid> & { batch?: undefined }): HandlerOf<Valid>;
/** The payload has the type that the schema gives; a decorator cannot see which. */
export function Consume(options: ConsumeOptions): HandlerOf<never>;
export function Consume(given: ConsumeOptions | ConsumeEventOptions<never>): HandlerOf<never> {
  const options = 'event' in given ? ofEvent(given) : given;
  return (target, key, descriptor): void => {
    // On the class, so that filters of the handler itself come first and those of the whole app do not.
    UseFilters(MessageErrorFilter)(target.constructor);
    const subscribe: MethodDecorator = EventPattern<string>(options.queue.name, AMQP, { consume: options });
    subscribe(target, key, descriptor);
    SetMetadata(OPTIONS, options)(target, key, descriptor);
  };
}

/** What `@Consume` says about a method; undefined for a method without it. */
export function consumeOptionsOf(method: object): ConsumeOptions | undefined {
  return Reflect.getMetadata(OPTIONS, method) as ConsumeOptions | undefined;
}

function ofEvent({ event, queue, ...options }: ConsumeEventOptions<never>): ConsumeOptions {
  const events = Array.isArray(event) ? event : [event as EventDefinition<never>];
  return { ...options, ...receiveBy(events as readonly EventDefinition<never>[], queue) };
}

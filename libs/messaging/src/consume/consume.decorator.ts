import type { Delay, EventDefinition, QueueDefinition } from '@app/contracts';
import { SetMetadata, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { BatchOptions } from './batch.collector.js';
import { receiveBy } from './event-queue.js';
import { MessageErrorFilter } from './message-error.filter.js';
import type { StandardSchema } from './standard-schema.js';

/** Nest's `transportId`: separates the handlers of this transport from those of other transports. */
export const AMQP = Symbol('amqp');
const OPTIONS = Symbol('options of @Consume');

/** @publicApi */
export interface ConsumeOptions {
  queue: QueueDefinition;
  /**
   * How many messages are handled at once, per instance. With `batch`, the number of batches.
   * @default `messaging.concurrency`; 1 batch
   */
  concurrency?: number;
  /** The handler receives arrays of payloads and a `BatchContext`, in one transaction. @default one by one */
  batch?: BatchOptions;
  /** How long a failed message waits before each further attempt. @default the `retry` of the queue */
  retry?: readonly Delay[];
  /** How long one attempt may take, such as `10s`. @default `messaging.handler_timeout` */
  deadline?: string;
  /** The payload's shape. A message with an invalid payload becomes a dead letter at once. @default not checked */
  schema?: StandardSchema;
  /**
   * Whether the handler runs in a transaction with its inbox row, so that a redelivery has no second effect.
   * Switch it off only for a handler that is idempotent without it. @default true
   */
  inbox?: boolean;
}

/** @publicApi */
export interface ConsumeEventOptions<Valid> extends Omit<ConsumeOptions, 'queue' | 'schema'> {
  /** The events to handle. All of them must have the same queue and the same proto message. */
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
 * Handles an event, or the messages of a queue. The signature is `handler(payload)`, or parameters with `@Payload()`
 * and `@Ctx() context: MessageContext`. With `batch`, the handler receives `payloads` and a `BatchContext`. A batch
 * that fails is tried again in halves, until the failing message is the only one.
 *
 * Pipes, guards, interceptors and filters work as on any Nest handler. The message is acknowledged when the promise
 * resolves. If the handler fails, the message goes to the next delay of the queue's retry ladder. An `AppError` whose
 * `retryable` is not true makes it a dead letter at once.
 *
 * @publicApi
 */
export function Consume<Valid>(
  options: ConsumeEventOptions<Valid> & { batch: BatchOptions },
): HandlerOf<readonly Valid[]>;
export function Consume<Valid>(options: ConsumeEventOptions<Valid> & { batch?: undefined }): HandlerOf<Valid>;
/** The payload has the output type of the schema. The decorator cannot check this type. */
export function Consume(options: ConsumeOptions): HandlerOf<never>;
export function Consume(given: ConsumeOptions | ConsumeEventOptions<never>): HandlerOf<never> {
  const options = 'event' in given ? ofEvent(given) : given;
  return (target, key, descriptor): void => {
    // On the class: filters on the handler run before this one, global filters do not run.
    UseFilters(MessageErrorFilter)(target.constructor);
    const subscribe: MethodDecorator = EventPattern<string>(options.queue.name, AMQP, { consume: options });
    subscribe(target, key, descriptor);
    SetMetadata(OPTIONS, options)(target, key, descriptor);
  };
}

/** The options of `@Consume` on a method; undefined for a method without it. */
export function consumeOptionsOf(method: object): ConsumeOptions | undefined {
  return Reflect.getMetadata(OPTIONS, method) as ConsumeOptions | undefined;
}

function ofEvent({ event, queue, ...options }: ConsumeEventOptions<never>): ConsumeOptions {
  const events = Array.isArray(event) ? event : [event as EventDefinition<never>];
  return { ...options, ...receiveBy(events as readonly EventDefinition<never>[], queue) };
}

import { deadlineIn, RequestContext } from '@app/context';
import { DeadlineExceededError } from '@app/errors';
import type { Delivery } from '@app/rabbitmq';
import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Inbox } from '../inbox/inbox.js';
import type { ConsumeOutcome } from '../messaging.metrics.js';
import type { ConsumeOptions } from './consume.decorator.js';
import type { FailureRouter } from './failure.router.js';
import { type IncomingMessage, readMessage } from './incoming-message.js';
import { MessageContext } from './message.context.js';
import { readPayload } from './read-payload.js';

/** Deliveries without an answer after which a message is handled alone. */
const QUARANTINE_AFTER = 2;

export interface SubscriptionParts {
  inbox: Inbox;
  failures: FailureRouter;
  count(outcome: ConsumeOutcome, durationMs: number): void;
  /** How long one attempt may take, in milliseconds. */
  timeout(): number;
}

/** A handler and its queue: what happens to each message between its delivery and its acknowledgement. */
export class Subscription {
  constructor(
    readonly options: ConsumeOptions,
    private readonly handler: MessageHandler,
    private readonly parts: SubscriptionParts,
  ) {}

  /** Resolves once the message has had its effect, or is safe in another queue. */
  async receive(delivery: Delivery, { quarantined = false } = {}): Promise<void> {
    const started = performance.now();
    const message = readMessage(this.options.queue.name, delivery);
    const suspicious = message.deliveries >= QUARANTINE_AFTER && !quarantined;
    const outcome = suspicious
      ? await this.quarantine(message)
      : await this.contextOf(message).run(() => this.attempt(message));
    this.parts.count(outcome, performance.now() - started);
  }

  private async quarantine(message: IncomingMessage): Promise<ConsumeOutcome> {
    await this.parts.failures.quarantine(this.options.queue, message);
    return 'quarantined';
  }

  private async attempt(message: IncomingMessage): Promise<ConsumeOutcome> {
    try {
      const payload = await readPayload(message, this.options.schema);
      const effect = () => this.withinDeadline(this.call(payload, message));
      if (this.options.inbox === false) await effect();
      else if (!(await this.parts.inbox.once(message.id, message.queue, effect))) return 'duplicate';
      return 'done';
    } catch (thrown) {
      return this.parts.failures.route(this.options.queue, message, thrown);
    }
  }

  private async call(payload: unknown, message: IncomingMessage): Promise<void> {
    const result: unknown = await this.handler(payload, new MessageContext([message]));
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }

  /** A handler that hangs must not hold its place for ever: its transaction is rolled back and it is tried again. */
  private async withinDeadline(work: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(DeadlineExceededError.of(`The handler of ${this.options.queue.name}`)),
      this.parts.timeout(),
    );
    try {
      await Promise.race([work, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  private contextOf({ queue, requestId, traceparent }: IncomingMessage): RequestContext {
    const deadline = deadlineIn(this.parts.timeout());
    return new RequestContext({
      door: 'amqp',
      operation: queue,
      requestId,
      deadline,
      ...(traceparent !== undefined && { traceparent }),
    });
  }
}

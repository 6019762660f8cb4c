import { deadlineIn, RequestContext } from '@app/context';
import { DeadlineExceededError } from '@app/errors';
import type { Delivery } from '@app/rabbitmq';
import type { Spans } from '@app/telemetry';
import { Logger } from '@nestjs/common';
import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Inbox } from '../inbox/inbox.js';
import { messageSpan } from '../message.span.js';
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
  spans: Spans;
  count(outcome: ConsumeOutcome, durationMs: number): void;
  /** How long one attempt may take, in milliseconds. */
  timeout(): number;
}

/** What became of a delivery, and what made it so. */
interface Ending {
  outcome: ConsumeOutcome;
  error?: unknown;
}

/** A handler and its queue: what happens to each message between its delivery and its acknowledgement. */
export class Subscription {
  private readonly logger = new Logger(Subscription.name);

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
    const context = this.contextOf(message);
    const { name, options } = this.spanOf(message);
    const span = this.parts.spans.open(context, name, options);
    await context.run(async () => {
      const ending = suspicious ? await this.quarantine(message) : await this.attempt(message);
      const duration = performance.now() - started;
      this.parts.count(ending.outcome, duration);
      const fields = { message_id: message.id, outcome: ending.outcome, duration_ms: Math.round(duration) };
      this.logger.debug(fields, 'message');
      span.end({ error: ending.error, attributes: { 'ganymede.outcome': ending.outcome } });
    });
  }

  private async quarantine(message: IncomingMessage): Promise<Ending> {
    await this.parts.failures.quarantine(this.options.queue, message);
    return { outcome: 'quarantined' };
  }

  private async attempt(message: IncomingMessage): Promise<Ending> {
    try {
      const payload = await readPayload(message, this.options.schema);
      const effect = () => this.withinDeadline(this.call(payload, message));
      if (this.options.inbox === false) await effect();
      else if (!(await this.parts.inbox.once(message.id, message.queue, effect)))
        return { outcome: 'duplicate' };
      return { outcome: 'done' };
    } catch (thrown) {
      return { outcome: await this.parts.failures.route(this.options.queue, message, thrown), error: thrown };
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

  private spanOf({ queue, id, attempt }: IncomingMessage) {
    const { kind, attributes } = messageSpan('consumer', queue, id);
    return {
      name: `process ${queue}`,
      options: { kind, attributes: { ...attributes, 'ganymede.attempt': attempt } },
    };
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

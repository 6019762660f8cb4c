import { deadlineIn, RequestContext } from '@app/context';
import { DeadlineExceededError } from '@app/errors';
import type { Delivery } from '@app/rabbitmq';
import type { Spans } from '@app/telemetry';
import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Inbox } from '../inbox/inbox.js';
import type { ConsumeOutcome } from '../messaging.metrics.js';
import type { ConsumeOptions } from './consume.decorator.js';
import type { FailureRouter } from './failure.router.js';
import type { IncomingMessage } from './incoming-message.js';

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

/** A handler and its queue: what happens to a message between its delivery and its acknowledgement. */
export abstract class QueueSubscription {
  constructor(
    readonly options: ConsumeOptions,
    private readonly handler: MessageHandler,
    protected readonly parts: SubscriptionParts,
  ) {}

  /** Messages that may be on their way through it at once. @param concurrency where the options are silent */
  abstract prefetch(concurrency: number): number;

  /** Resolves once the message has had its effect, or is safe in another queue. */
  abstract receive(delivery: Delivery, options?: { quarantined?: boolean }): Promise<void>;

  /** No more messages come: nothing is to wait for them. */
  abstract flush(): void;

  protected isSuspicious({ deliveries }: IncomingMessage): boolean {
    return deliveries >= QUARANTINE_AFTER;
  }

  protected contextOf(
    origin: { requestId?: unknown; traceparent?: string | undefined } = {},
  ): RequestContext {
    const { requestId, traceparent } = origin;
    return new RequestContext({
      door: 'amqp',
      operation: this.options.queue.name,
      requestId,
      deadline: deadlineIn(this.parts.timeout()),
      ...(traceparent !== undefined && { traceparent }),
    });
  }

  /**
   * Calls the handler. One that hangs must not hold its place for ever: its transaction is rolled back, what it
   * still goes on to do there is refused, and it is tried again.
   */
  protected async call(payload: unknown, context: object): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(DeadlineExceededError.of(`The handler of ${this.options.queue.name}`)),
      this.parts.timeout(),
    );
    try {
      await Promise.race([this.finish(payload, context), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async finish(payload: unknown, context: object): Promise<void> {
    const result: unknown = await this.handler(payload, context);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }
}

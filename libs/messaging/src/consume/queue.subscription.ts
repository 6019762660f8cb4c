import { deadlineIn, RequestContext } from '@app/context';
import { DeadlineExceededError } from '@app/errors';
import type { Delivery } from '@app/rabbitmq';
import type { Spans } from '@app/telemetry';
import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { HandlerStarts } from '../inbox/handler-starts.js';
import type { Inbox } from '../inbox/inbox.js';
import type { ConsumeOutcome } from '../messaging.metrics.js';
import type { ConsumeOptions } from './consume.decorator.js';
import type { FailureRouter } from './failure.router.js';
import type { IncomingMessage } from './incoming-message.js';

/** After this many unacknowledged deliveries, a message may go to quarantine. */
const QUARANTINE_AFTER = 2;

/** Where a message is handled. */
export interface ReceiveOptions {
  /** The message came from the quarantine of its queue, where messages are handled one by one. @default false */
  quarantined?: boolean;
}

export interface SubscriptionParts {
  inbox: Inbox;
  starts: HandlerStarts;
  failures: FailureRouter;
  spans: Spans;
  count(outcome: ConsumeOutcome, durationMs: number): void;
  /** How long one attempt may take, in milliseconds. */
  timeout(): number;
}

/** A handler and its queue. It processes a message between its delivery and its acknowledgement. */
export abstract class QueueSubscription {
  constructor(
    readonly options: ConsumeOptions,
    private readonly handler: MessageHandler,
    protected readonly parts: SubscriptionParts,
  ) {}

  /** How many messages it may hold at once. @param concurrency the default, when the options have none */
  abstract prefetch(concurrency: number): number;

  /** Resolves once the message has had its effect, or the broker has confirmed it for another queue. */
  abstract receive(delivery: Delivery, options?: ReceiveOptions): Promise<void>;

  /** Stops waiting for further messages: intake has ended. */
  abstract flush(): void;

  /**
   * Runs `handle`, or `quarantine` for a message that may crash its process: it was delivered twice without an
   * acknowledgement, and a handler began on it and never ended. If a lost connection took a delivery back before the
   * handler began, that delivery does not count.
   */
  protected async handleOrQuarantine<T>(
    { id, queue, deliveries }: IncomingMessage,
    { quarantined = false }: ReceiveOptions,
    handle: () => Promise<T>,
    quarantine: () => Promise<T>,
  ): Promise<T> {
    if (deliveries === 0 && !quarantined) return handle();
    // When the database is unavailable, nothing is recorded, but no handler has an effect either.
    const record = <R>(write: () => Promise<R>) => RequestContext.detach(write).catch(() => undefined);
    const before = (await record(() => this.parts.starts.begin(id, queue))) ?? 0;
    const suspicious = !quarantined && deliveries >= QUARANTINE_AFTER && before > 0;
    try {
      return await (suspicious ? quarantine() : handle());
    } finally {
      await record(() => this.parts.starts.end(id, queue));
    }
  }

  /** Its deadline is twice the attempt timeout: half of it may pass while another delivery is being handled. */
  protected contextOf(
    origin: { requestId?: unknown; traceparent?: string | undefined } = {},
  ): RequestContext {
    const { requestId, traceparent } = origin;
    return new RequestContext({
      entry: 'amqp',
      operation: this.options.queue.name,
      requestId,
      deadline: deadlineIn(2 * this.parts.timeout()),
      ...(traceparent !== undefined && { traceparent }),
    });
  }

  /**
   * Calls the handler with a timeout, so that a handler that hangs does not block its slot without end. At the timeout
   * the transaction is rolled back, later statements in it are rejected, and the message is tried again.
   */
  protected async call(payload: unknown, context: object): Promise<void> {
    const timeout = this.parts.timeout();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(DeadlineExceededError.of(`The handler of ${this.options.queue.name}`)),
      timeout,
    );
    const attempt = RequestContext.current()?.fork({ deadline: deadlineIn(timeout) });
    const finish = () => this.finish(payload, context);
    try {
      await Promise.race([attempt ? attempt.run(finish) : finish(), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async finish(payload: unknown, context: object): Promise<void> {
    const result: unknown = await this.handler(payload, context);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }
}

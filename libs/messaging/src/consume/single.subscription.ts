import type { RequestContext } from '@app/context';
import type { Delivery } from '@app/rabbitmq';
import type { OpenSpan } from '@app/telemetry';
import { Logger } from '@nestjs/common';
import { messageSpan } from '../message.span.js';
import type { ConsumeOutcome } from '../messaging.metrics.js';
import { type IncomingMessage, readMessage } from './incoming-message.js';
import { MessageContext } from './message.context.js';
import { QueueSubscription, type ReceiveOptions } from './queue.subscription.js';
import { readPayload } from './read-payload.js';

/** The outcome of a delivery, and the error that caused it. */
interface Ending {
  outcome: ConsumeOutcome;
  error?: unknown;
}

/** Calls the handler once for each message. The calls for several messages may run in parallel. */
export class SingleSubscription extends QueueSubscription {
  private readonly logger = new Logger(SingleSubscription.name);

  prefetch(concurrency: number): number {
    return this.options.concurrency ?? concurrency;
  }

  async receive(delivery: Delivery, options: ReceiveOptions = {}): Promise<void> {
    const started = performance.now();
    const message = readMessage(this.options.queue.name, delivery);
    const context = this.contextOf(message);
    const span = this.openSpan(context, message);
    await context.run(async () => {
      const ending = await this.handleOrQuarantine(
        message,
        options,
        () => this.attempt(message),
        () => this.quarantine(message),
      );
      const duration = performance.now() - started;
      this.parts.count(ending.outcome, duration);
      const fields = { message_id: message.id, outcome: ending.outcome, duration_ms: Math.round(duration) };
      this.logger.debug(fields, 'message');
      span.end({ error: ending.error, attributes: { 'ganymede.outcome': ending.outcome } });
    });
  }

  flush(): void {
    // No message waits for others.
  }

  private async quarantine(message: IncomingMessage): Promise<Ending> {
    await this.parts.failures.quarantine(this.options.queue, message);
    return { outcome: 'quarantined' };
  }

  private async attempt(message: IncomingMessage): Promise<Ending> {
    try {
      const payload = await readPayload(message, this.options.schema);
      const effect = () => this.call(payload, new MessageContext([message]));
      if (this.options.inbox === false) await effect();
      else if (!(await this.parts.inbox.once(message.id, message.queue, effect)))
        return { outcome: 'duplicate' };
      return { outcome: 'done' };
    } catch (thrown) {
      return { outcome: await this.parts.failures.route(this.options.queue, message, thrown), error: thrown };
    }
  }

  private openSpan(context: RequestContext, { queue, id, attempt }: IncomingMessage): OpenSpan {
    const { kind, attributes } = messageSpan('consumer', queue, id);
    return this.parts.spans.open(context, `process ${queue}`, {
      kind,
      attributes: { ...attributes, 'ganymede.attempt': attempt },
    });
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import type { QueueDefinition } from '@app/contracts';
import { RequestContext } from '@app/context';
import { AppError, rootMessage } from '@app/errors';
import { Lifecycle } from '@app/lifecycle';
import { DataError } from '@app/postgres';
import { ConfirmPublisher, deadLetterQueueOf, quarantineOf, retryQueueOf } from '@app/rabbitmq';
import { Injectable, Logger } from '@nestjs/common';
import { Header } from '../headers.js';
import { failureOf } from './failure.js';
import { forward, type IncomingMessage } from './incoming-message.js';
import { isBlameless } from './outage.js';
import { waitWhileUnavailable } from './wait-while-unavailable.js';

/** Pauses between attempts to hand a message to the broker, in milliseconds; they double. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Where a message goes that could not be handled. It is published there with confirm before it is acknowledged
 * here, and never put back into its own queue, where it would spin.
 */
@Injectable()
export class FailureRouter {
  private readonly logger = new Logger(FailureRouter.name);

  private readonly stopping = new AbortController();

  constructor(
    private readonly publisher: ConfirmPublisher,
    lifecycle: Lifecycle,
  ) {
    // What the broker does not take by then is delivered again to the next consumer.
    lifecycle.register({ name: 'failed messages', stopIntake: () => this.stopping.abort() });
  }

  /** Up the ladder, or among the dead letters when it is at its end or the error says that trying again is vain. */
  async route(
    queue: QueueDefinition,
    message: IncomingMessage,
    thrown: unknown,
  ): Promise<'retried' | 'dead'> {
    const failure = failureOf(thrown, message.attempt);
    const failed = { ...message, failures: [...message.failures, failure] };
    const { delay, attempt } = nextStep(queue, message, thrown);
    const fields = {
      message_id: message.id,
      type: message.type,
      attempt: message.attempt,
      err: thrown,
      retry_in: delay,
    };
    if (delay === undefined) {
      await this.hand(forward(failed, deadLetterQueueOf(queue.name), {}));
      this.logger.error(fields, `a message of ${queue.name} is a dead letter: ${rootMessage(thrown)}`);
      return 'dead';
    }
    await this.hand(forward(failed, retryQueueOf(queue.name, delay), { [Header.attempt]: attempt }));
    // In an outage every message fails alike: the connection has logged it, with its reason.
    this.logger[isBlameless(thrown) ? 'debug' : 'warn'](
      fields,
      `a message of ${queue.name} failed and is tried again in ${delay}: ${rootMessage(thrown)}`,
    );
    return 'retried';
  }

  /** A message that was delivered before without an answer may be what took its consumer down. */
  async quarantine(queue: QueueDefinition, message: IncomingMessage): Promise<void> {
    await this.hand(forward(message, quarantineOf(queue.name), marksOf(message)));
    this.logger.warn(
      { message_id: message.id, deliveries: message.deliveries },
      `a message of ${queue.name} is in quarantine`,
    );
  }

  /** A message that the broker gave up although no handler failed on it begins anew. */
  async giveBack(queue: QueueDefinition, message: IncomingMessage): Promise<void> {
    const changes = { ...marksOf(message), [Header.returns]: message.returns + 1 };
    await this.hand(forward(message, queue.name, changes));
    this.logger.warn(
      { message_id: message.id },
      `a message of ${queue.name} was delivered too often, but not because of a handler; it is back in its queue`,
    );
  }

  /**
   * Outside the context of the message: its deadline may be what has just passed. While the broker takes no messages,
   * this one stays unacknowledged and is tried again: to end its channel would deliver it and its neighbours anew, and
   * run their handlers for nothing.
   */
  private async hand(message: ReturnType<typeof forward>): Promise<void> {
    for (let delay = FIRST_PAUSE_MS; ; delay = Math.min(delay * 2, LONGEST_PAUSE_MS)) {
      try {
        return await RequestContext.detach(() => this.publisher.publish(message));
      } catch (error) {
        if (!isRetryable(error) || this.stopping.signal.aborted) throw error;
        if (delay === FIRST_PAUSE_MS)
          this.logger.warn(
            { reason: rootMessage(error), message_id: message.messageId },
            `a message for ${message.queue} waits for the broker to take it`,
          );
        await pause(delay, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }
}

/** What was found out about a message when it came in, and cannot be read from its copy. */
function marksOf({ identified, damage }: IncomingMessage): Record<string, unknown> {
  return {
    ...(!identified && { [Header.unidentified]: true }),
    ...(damage !== undefined && { [Header.damage]: damage }),
  };
}

function isRetryable(error: unknown): boolean {
  return error instanceof AppError && error.retryable;
}

function nextStep(queue: QueueDefinition, { attempt }: IncomingMessage, thrown: unknown) {
  // It is no fault of the message: it waits without being counted.
  // A commit of unknown outcome may be tried again here, since the inbox tells whether it took effect.
  if (isBlameless(thrown)) return { delay: waitWhileUnavailable(queue.retry), attempt };
  const final = thrown instanceof AppError ? !thrown.retryable : isDataError(thrown);
  return { delay: final ? undefined : queue.retry[attempt - 1], attempt: attempt + 1 };
}

/** How many causes of an error are looked at. */
const MAX_CAUSES = 8;

/** Whether an error of a handler comes from data that the database has refused, and will refuse again. */
function isDataError(thrown: unknown): boolean {
  let error = thrown;
  for (let depth = 0; depth < MAX_CAUSES && error instanceof Error; depth += 1) {
    if (error instanceof DataError) return true;
    error = error.cause;
  }
  return false;
}

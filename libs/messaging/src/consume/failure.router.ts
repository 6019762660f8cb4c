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
import { isUncounted } from './outage.js';
import { waitWhileUnavailable } from './wait-while-unavailable.js';

/** Pauses between attempts to publish a message, in milliseconds. They double. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 5_000;

/**
 * Routes messages that could not be handled. The message is published to another queue, with a publisher confirm,
 * before it is acknowledged here. It is never requeued: it would be delivered again at once, in a loop.
 */
@Injectable()
export class FailureRouter {
  private readonly logger = new Logger(FailureRouter.name);

  private readonly stopping = new AbortController();

  constructor(
    private readonly publisher: ConfirmPublisher,
    lifecycle: Lifecycle,
  ) {
    // A message that the broker has not accepted by then stays unacknowledged, and is delivered again.
    lifecycle.register({ name: 'failed messages', stopIntake: () => this.stopping.abort() });
  }

  /** Publishes the message to its next retry delay, or to the dead letters after the last one or on a final error. */
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
      await this.publish(forward(failed, deadLetterQueueOf(queue.name), {}));
      this.logger.error(fields, `a message of ${queue.name} is a dead letter: ${rootMessage(thrown)}`);
      return 'dead';
    }
    await this.publish(forward(failed, retryQueueOf(queue.name, delay), { [Header.attempt]: attempt }));
    // In an outage every message fails for the same reason, and the connection has logged it already.
    this.logger[isUncounted(thrown) ? 'debug' : 'warn'](
      fields,
      `a message of ${queue.name} failed and is tried again in ${delay}: ${rootMessage(thrown)}`,
    );
    return 'retried';
  }

  /** Publishes a message to its quarantine: it may have crashed its consumer. */
  async quarantine(queue: QueueDefinition, message: IncomingMessage): Promise<void> {
    await this.publish(forward(message, quarantineOf(queue.name), marksOf(message)));
    this.logger.warn(
      { message_id: message.id, deliveries: message.deliveries },
      `a message of ${queue.name} is in quarantine`,
    );
  }

  /** Returns a message to its queue, when the broker made it a dead letter but no handler failed on it. */
  async returnToQueue(queue: QueueDefinition, message: IncomingMessage): Promise<void> {
    const changes = { ...marksOf(message), [Header.returns]: message.returns + 1 };
    await this.publish(forward(message, queue.name, changes));
    this.logger.warn(
      { message_id: message.id },
      `a message of ${queue.name} was delivered too often, but not because of a handler; it is back in its queue`,
    );
  }

  /**
   * Publishes outside the context of the message, whose deadline may be over. While the broker accepts no messages,
   * this one stays unacknowledged, and publishing is retried. Closing the channel instead would redeliver all of its
   * messages and run their handlers again for nothing.
   */
  private async publish(message: ReturnType<typeof forward>): Promise<void> {
    for (let delay = FIRST_PAUSE_MS; ; delay = Math.min(delay * 2, MAX_PAUSE_MS)) {
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

/** Headers that pass on what was wrong with the received message, because its copy does not show it. */
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
  // The message did not cause this failure: it waits, and the attempt is not counted.
  // A commit with unknown outcome may be tried again here: the inbox records whether it took effect.
  if (isUncounted(thrown)) return { delay: waitWhileUnavailable(queue.retry), attempt };
  const final = thrown instanceof AppError ? !thrown.retryable : isDataError(thrown);
  return { delay: final ? undefined : queue.retry[attempt - 1], attempt: attempt + 1 };
}

/** How many causes of an error are checked. */
const MAX_CAUSES = 8;

/** Whether the database rejected the data of a handler. It would reject it again. */
function isDataError(thrown: unknown): boolean {
  let error = thrown;
  for (let depth = 0; depth < MAX_CAUSES && error instanceof Error; depth += 1) {
    if (error instanceof DataError) return true;
    error = error.cause;
  }
  return false;
}

import type { QueueDefinition } from '@app/contracts';
import { RequestContext } from '@app/context';
import { AppError } from '@app/errors';
import { CommitUnknownError, PostgresUnavailableError } from '@app/postgres';
import { ConfirmPublisher, deadLetterQueueOf, quarantineOf, retryQueueOf } from '@app/rabbitmq';
import { Injectable, Logger } from '@nestjs/common';
import { Header } from '../headers.js';
import { failureOf } from './failure.js';
import { forward, type IncomingMessage } from './incoming-message.js';
import { waitWhileAway } from './wait-while-away.js';

/**
 * Where a message goes that could not be handled. It is published there with confirm before it is acknowledged
 * here, and never put back into its own queue, where it would spin.
 */
@Injectable()
export class FailureRouter {
  private readonly logger = new Logger(FailureRouter.name);

  constructor(private readonly publisher: ConfirmPublisher) {}

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
      this.logger.error(fields, `a message of ${queue.name} is a dead letter: ${failure.message}`);
      return 'dead';
    }
    await this.hand(forward(failed, retryQueueOf(queue.name, delay), { [Header.attempt]: attempt }));
    // Without the database every message fails alike: the pool has logged the outage, with its reason.
    this.logger[isDatabaseAway(thrown) ? 'debug' : 'warn'](
      fields,
      `a message of ${queue.name} failed and is tried again in ${delay}: ${failure.message}`,
    );
    return 'retried';
  }

  /** A message that was delivered before without an answer may be what took its consumer down. */
  async quarantine(queue: QueueDefinition, message: IncomingMessage): Promise<void> {
    const mark = message.identified ? {} : { [Header.unidentified]: true };
    await this.hand(forward(message, quarantineOf(queue.name), mark));
    this.logger.warn(
      { message_id: message.id, deliveries: message.deliveries },
      `a message of ${queue.name} is in quarantine`,
    );
  }

  /** Outside the context of the message: its deadline may be what has just passed. */
  private hand(message: ReturnType<typeof forward>): Promise<void> {
    return RequestContext.detach(() => this.publisher.publish(message));
  }
}

/** Whether an attempt failed for the database alone, which fails all alike. */
export function isDatabaseAway(thrown: unknown): boolean {
  return thrown instanceof PostgresUnavailableError || thrown instanceof CommitUnknownError;
}

function nextStep(queue: QueueDefinition, { attempt }: IncomingMessage, thrown: unknown) {
  // That the database is away is no fault of the message: it waits without being counted.
  // A commit of unknown outcome may be tried again here, since the inbox tells whether it took effect.
  if (isDatabaseAway(thrown)) return { delay: waitWhileAway(queue.retry), attempt };
  const final = thrown instanceof AppError && !thrown.retryable;
  return { delay: final ? undefined : queue.retry[attempt - 1], attempt: attempt + 1 };
}

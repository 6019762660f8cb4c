import type { QueueDefinition } from '@app/contracts';
import type { Delivery } from '@app/rabbitmq';
import { Injectable } from '@nestjs/common';
import { DeadLetters } from '../dead-letters/dead-letters.js';
import { isBrokerFailure } from '../dead-letters/letter.intake.js';
import { HandlerStarts } from '../inbox/handler-starts.js';
import { FailureRouter } from './failure.router.js';
import { type IncomingMessage, readMessage } from './incoming-message.js';

/** Handlers that began in quarantine and never ended, from which on the message stays a dead letter. */
const CONDEMNED_AFTER = 3;
/** A message that nobody can explain is sent back this often, and no more. */
const MAX_RETURNS = 3;

/**
 * Takes the dead letters of a queue into their table. The broker makes a dead letter of a quarantined message that was
 * delivered too often. It counts lost connections as well; if no handler died of the message, it goes back to its queue.
 */
@Injectable()
export class DeadLetterConsumer {
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly starts: HandlerStarts,
    private readonly failures: FailureRouter,
  ) {}

  async take(queue: QueueDefinition, delivery: Delivery): Promise<void> {
    const message = readMessage(queue.name, delivery);
    if (await this.isInnocent(message)) await this.failures.giveBack(queue, message);
    else await this.deadLetters.take(message);
    await this.starts.end(message.id, message.queue);
  }

  private async isInnocent(message: IncomingMessage): Promise<boolean> {
    if (!isBrokerFailure(message) || message.returns >= MAX_RETURNS) return false;
    return (await this.starts.count(message.id, message.queue)) < CONDEMNED_AFTER;
  }
}

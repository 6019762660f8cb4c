import type { QueueDefinition } from '@app/contracts';
import type { Delivery } from '@app/rabbitmq';
import { Injectable } from '@nestjs/common';
import { DeadLetters } from '../dead-letters/dead-letters.js';
import { isBrokerFailure } from '../dead-letters/letter.intake.js';
import { HandlerStarts } from '../inbox/handler-starts.js';
import { FailureRouter } from './failure.router.js';
import { type IncomingMessage, readMessage } from './incoming-message.js';

/** A message stays a dead letter when this many of its handlers began and never ended: they may have crashed. */
const MAX_CRASHES = 3;
/** How often a message is returned to its queue when the broker made it a dead letter without a failed handler. */
const MAX_RETURNS = 3;

/**
 * Stores the dead letters of a queue in their table. The broker makes a quarantined message a dead letter when it was
 * delivered too often, and it also counts deliveries that a lost connection took back. If no handler crashed on the
 * message, the consumer sends it back to its queue.
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
    if (await this.isReturnable(message)) await this.failures.returnToQueue(queue, message);
    else await this.deadLetters.take(message);
    await this.starts.end(message.id, message.queue);
  }

  private async isReturnable(message: IncomingMessage): Promise<boolean> {
    if (!isBrokerFailure(message) || message.returns >= MAX_RETURNS) return false;
    return (await this.starts.count(message.id, message.queue)) < MAX_CRASHES;
  }
}

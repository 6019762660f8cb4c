import type { Message } from 'amqplib';
import type { BrokerMessage } from './broker-message.js';

/**
 * Messages that the broker returned because no queue receives them. A return arrives before the confirm of its message
 * and has no delivery tag, so it is kept until that confirm.
 */
export class ReturnedMessages {
  private readonly counts = new Map<string, number>();

  add({ fields, properties }: Message): void {
    const key = keyOf((fields as { routingKey: string }).routingKey, String(properties.messageId));
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  /** Whether this message was returned. Called once per confirm. */
  take({ queue, messageId }: BrokerMessage): boolean {
    if (this.counts.size === 0) return false;
    const key = keyOf(queue, messageId);
    const count = this.counts.get(key);
    if (count === undefined) return false;
    if (count === 1) this.counts.delete(key);
    else this.counts.set(key, count - 1);
    return true;
  }
}

function keyOf(queue: string, messageId: string): string {
  return `${messageId} ${queue}`;
}

import { OutageLog } from '@app/logging';
import { InjectRedis, withRedisErrors } from '@app/redis';
import { Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { AcceptedMessages } from './accepted-messages.js';

/** How long the entry of a message is kept after the message was due, in milliseconds. */
const ENTRY_TTL_MS = 24 * 60 * 60 * 1000;

@Injectable()
export class RedisAcceptedMessages extends AcceptedMessages {
  private readonly outage = new OutageLog(new Logger(AcceptedMessages.name), {
    subject: 'Noting accepted messages',
  });

  constructor(@InjectRedis('state') private readonly redis: Redis) {
    super();
  }

  async note(messageId: string, delayMs: number): Promise<void> {
    try {
      await this.redis.set(keyOf(messageId), new Date().toISOString(), 'PX', ENTRY_TTL_MS + delayMs);
      this.outage.recovered();
    } catch (error) {
      // The message is still accepted; only its state cannot be queried.
      this.outage.failed(error);
    }
  }

  async since(messageId: string): Promise<Date | undefined> {
    const noted = await withRedisErrors(() => this.redis.get(keyOf(messageId)));
    return noted === null ? undefined : new Date(noted);
  }
}

function keyOf(messageId: string): string {
  return `message:${messageId}`;
}

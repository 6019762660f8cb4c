import { OutageLog } from '@app/logging';
import { InjectRedis, withRedisErrors } from '@app/redis';
import { Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';

/** How long the entry of a message is kept after the message was due, in milliseconds. */
const ENTRY_TTL_MS = 24 * 60 * 60 * 1000;

/**
 * Stores for a while which messages the broker has accepted, until the worker has them. The id of a message with an
 * idempotency key needs it; other ids contain the time of acceptance (`acceptedAt`).
 */
@Injectable()
export class AcceptedMessages {
  private readonly outage = new OutageLog(new Logger(AcceptedMessages.name), {
    subject: 'Noting accepted messages',
  });

  constructor(@InjectRedis('state') private readonly redis: Redis) {}

  /** Best effort: without Redis the message is still accepted, and its state cannot be queried. */
  async note(messageId: string, delayMs: number): Promise<void> {
    try {
      await this.redis.set(`message:${messageId}`, new Date().toISOString(), 'PX', ENTRY_TTL_MS + delayMs);
      this.outage.recovered();
    } catch (error) {
      this.outage.failed(error);
    }
  }

  /** When a message was accepted; undefined without an entry. @throws RedisUnavailableError */
  async since(messageId: string): Promise<Date | undefined> {
    const noted = await withRedisErrors(() => this.redis.get(`message:${messageId}`));
    return noted === null ? undefined : new Date(noted);
  }
}

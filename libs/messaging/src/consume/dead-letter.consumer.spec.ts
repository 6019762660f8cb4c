import { beforeAll, describe, expect, it } from '@jest/globals';
import { defineQueue } from '@app/contracts';
import { Lifecycle } from '@app/lifecycle';
import type { BrokerMessage, ConfirmPublisher, Delivery } from '@app/rabbitmq';
import { Logger } from '@nestjs/common';
import type { DeadLetters } from '../dead-letters/dead-letters.js';
import type { HandlerStarts } from '../inbox/handler-starts.js';
import { newMessageId } from '../message-id.js';
import { DeadLetterConsumer } from './dead-letter.consumer.js';
import { FailureRouter } from './failure.router.js';
import type { IncomingMessage } from './incoming-message.js';

const queue = defineQueue({ name: 'q', retry: [] });

describe('a message that the broker gave up although no handler failed on it', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('goes back to its queue three times, and is a dead letter then', async () => {
    const returned: BrokerMessage[] = [];
    const letters: IncomingMessage[] = [];
    const publisher = { publish: (message: BrokerMessage) => Promise.resolve(returned.push(message)) };
    const consumer = new DeadLetterConsumer(
      {
        take: (message: IncomingMessage) => Promise.resolve(letters.push(message)),
      } as unknown as DeadLetters,
      { count: () => Promise.resolve(0), end: () => Promise.resolve() } as unknown as HandlerStarts,
      new FailureRouter(publisher as unknown as ConfirmPublisher, new Lifecycle()),
    );
    const messageId = newMessageId();
    for (let round = 1; round <= 4; round++) {
      const headers = { ...returned.at(-1)?.headers, 'x-death': [{ reason: 'delivery_limit' }] };
      const delivery = { content: Buffer.from('1'), properties: { messageId, headers } };
      await consumer.take(queue, delivery as unknown as Delivery);
    }
    expect(returned.map((message) => [message.queue, message.messageId])).toEqual(
      Array.from({ length: 3 }, () => ['q', messageId]),
    );
    expect(letters.map(({ id }) => id)).toEqual([messageId]);
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigHandle } from '@app/config';
import { defineQueue } from '@app/contracts';
import type { BrokerMessage, ConfirmPublisher } from '@app/rabbitmq';
import type { Resilience } from '@app/resilience';
import { NoSpans } from '@app/telemetry';
import type { MessagingConfig } from '../messaging.config.js';
import { AmqpPublisher } from './amqp.publisher.js';

const queue = defineQueue({ name: 'q', retry: [] });
/** The bytes of a text in JSON, without its quotes. */
const textOf = (bytes: number) => 'x'.repeat(bytes - 2);

describe('a message that is published', () => {
  let sent: BrokerMessage[];
  let publisher: AmqpPublisher;

  const publish = (payload: unknown, delayMs: number) =>
    publisher.publish(queue, { type: 'tests.sized.v1', payload, delayMs });

  beforeEach(() => {
    sent = [];
    publisher = new AmqpPublisher(
      new ConfigHandle({ maxMessageSize: 100 } as MessagingConfig),
      {
        publish: (message: BrokerMessage) => Promise.resolve(sent.push(message)),
      } as unknown as ConfirmPublisher,
      { policy: () => ({ run: (work: () => unknown) => work() }) } as unknown as Resilience,
      new NoSpans(),
    );
  });

  it.each([0, 60_000])(
    'is rejected beyond max_message_size and not sent, with a delay of %d ms',
    async (ms) => {
      await expect(publish(textOf(101), ms)).rejects.toHaveReason('PAYLOAD_TOO_LARGE');
      expect(sent).toEqual([]);
      await publish(textOf(100), ms);
      expect(sent.map(({ content }) => content.length)).toEqual([100]);
    },
  );
});

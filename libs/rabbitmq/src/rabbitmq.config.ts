import { type ConfigOf, defineConfig, duration, url } from '@app/config';
import { z } from 'zod';

export const rabbitmqConfig = defineConfig('rabbitmq', {
  schema: z.object({
    /** With credentials and virtual host: `amqp://user:password@host:5672/vhost`. */
    url: url({ protocols: ['amqp', 'amqps'] }),
    /** The heartbeat interval. Two missed heartbeats end the connection. In AMQP it is a 16-bit number of seconds. */
    heartbeat: duration({ min: '1s', max: '18h' }).prefault('10s'),
    /** How long one attempt to connect may take. */
    connectTimeout: duration().prefault('5s'),
    /** The pause before the first attempt to reconnect; it doubles, with jitter. */
    reconnectDelay: duration({ max: '1h' }).prefault('100ms'),
    /** The longest pause between attempts to reconnect. Keep it below 5 s, in which consumers must be back. */
    reconnectMaxDelay: duration({ max: '1h' }).prefault('2s'),
    /** How long the broker may take to reply to a call: open a channel, declare a queue, start to consume. */
    replyTimeout: duration().prefault('10s'),
    /** How long a publish may wait for the broker's confirm, including reconnects. */
    confirmTimeout: duration().prefault('5s'),
    /** Maximum number of unconfirmed messages, per instance. Further publishes wait. */
    maxInFlight: z.number().int().min(1).max(65_535).default(1_000),
    /** Maximum number of messages that wait for that window or for a connection. Further publishes fail at once. */
    maxWaiting: z.number().int().min(1).default(10_000),
  }),
  reloadable: ['confirmTimeout', 'maxInFlight', 'maxWaiting'],
});

export type RabbitMqConfig = ConfigOf<typeof rabbitmqConfig>;

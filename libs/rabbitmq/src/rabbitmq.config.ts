import { type ConfigOf, defineConfig, duration, url } from '@app/config';
import { z } from 'zod';

export const rabbitmqConfig = defineConfig('rabbitmq', {
  schema: z.object({
    /** With credentials and virtual host: `amqp://user:password@host:5672/vhost`. */
    url: url({ protocols: ['amqp', 'amqps'] }),
    /** How often both sides show that they are alive; two missed beats end the connection. AMQP counts it in 16 bits of seconds. */
    heartbeat: duration({ min: '1s', max: '18h' }).prefault('10s'),
    /** How long one attempt to connect may take. */
    connectTimeout: duration().prefault('5s'),
    /** The pause before the first attempt to reconnect; it doubles, with jitter. */
    reconnectDelay: duration({ max: '1h' }).prefault('100ms'),
    /** The longest pause between attempts to reconnect; below the 5 s in which a consumer is to be back. */
    reconnectMaxDelay: duration({ max: '1h' }).prefault('2s'),
    /** How long the broker may take to answer a call: to open a channel, to declare a queue, to begin to consume. */
    replyTimeout: duration().prefault('10s'),
    /** How long a publish may wait for the broker's confirm, reconnects included. */
    confirmTimeout: duration().prefault('5s'),
    /** Messages published and not yet confirmed, per instance; the next publish waits. */
    maxInFlight: z.number().int().min(1).max(65_535).default(1_000),
    /** Messages that wait for that window or for a connection; a publish beyond them fails at once. */
    maxWaiting: z.number().int().min(1).default(10_000),
  }),
  reloadable: ['confirmTimeout', 'maxInFlight', 'maxWaiting'],
});

export type RabbitMqConfig = ConfigOf<typeof rabbitmqConfig>;

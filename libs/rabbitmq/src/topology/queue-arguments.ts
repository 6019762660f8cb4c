import type { Delay, QueueDefinition } from '@app/contracts';

/** A queue as it is declared at the broker. */
export interface BrokerQueue {
  name: string;
  arguments: Record<string, string | number>;
}

/** The queue of messages that failed and wait for their next attempt. */
export function retryQueueOf(queue: string, delay: Delay): string {
  return `${queue}.retry.${delay}`;
}

/** The queue of messages that may have crashed their consumer. They are handled one by one. */
export function quarantineOf(queue: string): string {
  return `${queue}.quarantine`;
}

/** The queue of messages whose every attempt failed. */
export function deadLetterQueueOf(queue: string): string {
  return `${queue}.dead`;
}

/**
 * All broker queues of one definition. They are quorum queues with at-least-once dead-lettering, which requires
 * `reject-publish`: a full queue rejects new messages (the publisher gets an error) instead of dropping its oldest.
 * Each delay has a separate queue, because a message with a longer TTL would block the messages behind it.
 *
 * @see https://www.rabbitmq.com/docs/quorum-queues#dead-lettering
 */
export function brokerQueuesOf({ name, retry }: QueueDefinition): BrokerQueue[] {
  const dead = deadLetterQueueOf(name);
  return [
    quorum(dead, NO_DELIVERY_LIMIT),
    quorum(name, { ...deadLettering(dead), ...NO_DELIVERY_LIMIT }),
    quorum(quarantineOf(name), { ...deadLettering(dead), 'x-delivery-limit': QUARANTINE_DELIVERIES }),
    ...[...new Set(retry)].map((delay) =>
      quorum(retryQueueOf(name, delay), { ...deadLettering(name), 'x-message-ttl': parseDelay(delay) }),
    ),
  ];
}

/**
 * By default RabbitMQ 4 drops or dead-letters a message after 20 deliveries. It would drop dead letters while the
 * database is unavailable, and dead-letter messages whose consumer another message crashes. Version 3 does not support
 * -1.
 */
const NO_DELIVERY_LIMIT = { 'x-delivery-limit': 2_147_483_647 };

/** After this many deliveries, the broker dead-letters a message in quarantine. */
const QUARANTINE_DELIVERIES = 3;

function quorum(name: string, more: BrokerQueue['arguments'] = {}): BrokerQueue {
  return { name, arguments: { 'x-queue-type': 'quorum', ...more } };
}

function deadLettering(target: string): BrokerQueue['arguments'] {
  return {
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': target,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
}

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** The broker rejects a queue whose TTL needs more than 32 bits, in milliseconds. */
const MAX_DELAY_MS = 2 ** 32 - 1;

/** Converts a delay to milliseconds. @throws Error when it is invalid, or longer than RabbitMQ accepts */
export function parseDelay(delay: Delay): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(delay) ?? [];
  if (amount === undefined)
    throw new Error(`"${delay}" is no delay. Write a number with its unit, such as 500ms or 5s.`);
  const ms = Math.round(Number(amount) * UNITS[unit as keyof typeof UNITS]);
  if (ms > MAX_DELAY_MS)
    throw new Error(`The delay "${delay}" is longer than RabbitMQ takes. Write at most 1193h.`);
  return ms;
}

import type { Failure } from '../consume/failure.js';
import type { IncomingMessage } from '../consume/incoming-message.js';
import { newMessageId } from '../message-id.js';

/** What the broker's own dead-lettering leaves unsaid: it gives up what took its consumer down too often. */
const DELIVERY_LIMIT = 'DELIVERY_LIMIT';
/** Somebody put it among the dead letters without saying why. */
const UNKNOWN = 'UNKNOWN';

/** What the broker tells of a hop, the latest first. */
interface BrokerDeath {
  reason?: unknown;
  time?: { value?: unknown };
}

/** Whether the broker itself made it a dead letter, because it was delivered too often without an answer. */
export function isBrokerFailure({ headers }: IncomingMessage): boolean {
  return latestDeath(headers)?.reason === 'delivery_limit';
}

/** What of a message becomes a letter, in the order of the columns. */
export function letterOf(message: IncomingMessage): unknown[] {
  const { id, queue, type, correlationId, attempt, headers, content } = message;
  const errors = [...message.failures, ...brokerFailure(message)];
  return [
    newMessageId(),
    id,
    queue,
    type,
    correlationId,
    errors.at(-1)?.reason ?? UNKNOWN,
    attempt,
    errors[0]?.at,
    JSON.stringify(headers),
    content,
    JSON.stringify(errors),
  ];
}

/**
 * The failure that nobody could note, since each attempt took its process down: then the latest hop is the
 * broker's. It is the same each time that the letter is delivered.
 */
function brokerFailure({ attempt, headers }: IncomingMessage): Failure[] {
  const latest = latestDeath(headers);
  if (latest?.reason !== 'delivery_limit') return [];
  const seconds = Number(latest.time?.value);
  // The broker's own time, unless somebody has forged it.
  const at = new Date(seconds >= 0 && seconds < 1e10 ? seconds * 1000 : 0).toISOString();
  const message = 'was delivered again and again without an answer; its consumers may have been taken down';
  return [{ attempt, at, reason: DELIVERY_LIMIT, message }];
}

function latestDeath(headers: IncomingMessage['headers']): BrokerDeath | undefined {
  const deaths: unknown = headers['x-death'];
  return ((Array.isArray(deaths) ? deaths : []) as (BrokerDeath | undefined)[])[0];
}

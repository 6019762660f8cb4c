import type { Failure } from '../consume/failure.js';
import type { IncomingMessage } from '../consume/incoming-message.js';
import { Header } from '../headers.js';
import { newMessageId } from '../message-id.js';
import { storable, storableText } from './storable.js';

/** What the broker's own dead-lettering leaves unsaid: it condemns what took its consumer down too often. */
const DELIVERY_LIMIT = 'DELIVERY_LIMIT';
/** Somebody put it among the dead letters without saying why. */
const UNKNOWN = 'UNKNOWN';

/** What the broker tells of a hop, the latest first. */
interface BrokerDeath {
  reason?: unknown;
  count?: unknown;
  time?: { value?: unknown };
}

/** What of a message becomes a letter, in the order of the columns. */
export function letterOf(message: IncomingMessage): unknown[] {
  const { id, queue, type, correlationId, attempt, headers, content } = message;
  const { [Header.failures]: _, ...others } = headers;
  const errors = [...message.failures, ...condemnation(message)].map(withProperTime);
  const reason = storableText(errors.at(-1)?.reason ?? UNKNOWN);
  return [
    newMessageId(),
    id,
    queue,
    type === undefined ? undefined : storableText(type),
    correlationId === undefined ? undefined : storableText(correlationId),
    reason,
    attempt,
    errors[0]?.at ?? new Date().toISOString(),
    JSON.stringify(storable(others)),
    content,
    JSON.stringify(storable(errors)),
  ];
}

/**
 * The failure that nobody could note, since each attempt took its process down: then the latest hop is the
 * broker's. It is the same each time that the letter is delivered.
 */
function condemnation({ attempt, headers }: IncomingMessage): Failure[] {
  const deaths: unknown = headers['x-death'];
  const [latest] = (Array.isArray(deaths) ? deaths : []) as (BrokerDeath | undefined)[];
  if (latest?.reason !== 'delivery_limit') return [];
  const seconds = Number(latest.time?.value);
  const message = 'was delivered again and again without an answer; its consumers may have been taken down';
  return [{ attempt, at: instant(seconds * 1000), reason: DELIVERY_LIMIT, message }];
}

/** What JavaScript reads as a time, a database may not. */
function withProperTime(failure: Failure): Failure {
  return { ...failure, at: instant(Date.parse(failure.at)) };
}

function instant(milliseconds: number): string {
  const date = new Date(milliseconds);
  const year = date.getUTCFullYear();
  return (year >= 1970 && year <= 9999 ? date : new Date(0)).toISOString();
}

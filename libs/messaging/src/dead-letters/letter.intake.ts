import type { Failure } from '../consume/failure.js';
import type { IncomingMessage } from '../consume/incoming-message.js';
import { newMessageId } from '../message-id.js';

/** The reason for messages that the broker delivered too often and then made a dead letter. */
const DELIVERY_LIMIT = 'DELIVERY_LIMIT';
/** The reason for messages that were published to the dead-letter queue without a history. */
const UNKNOWN = 'UNKNOWN';

/** An entry of the broker's `x-death` header; the latest is first. */
interface XDeathEntry {
  reason?: unknown;
  time?: { value?: unknown };
}

/** Whether the broker made the message a dead letter, because it was delivered too often without an acknowledgement. */
export function isBrokerFailure({ headers }: IncomingMessage): boolean {
  return latestXDeath(headers)?.reason === 'delivery_limit';
}

/** The columns of a dead letter, in the order of the statement's parameters. */
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
 * The failure that no handler could record, because each attempt crashed its process. Then the latest `x-death` entry
 * has the reason `delivery_limit`. Each delivery of the same dead letter has the same result.
 */
function brokerFailure({ attempt, headers }: IncomingMessage): Failure[] {
  const latest = latestXDeath(headers);
  if (latest?.reason !== 'delivery_limit') return [];
  const seconds = Number(latest.time?.value);
  // The broker's time. A forged value that is out of range becomes 0.
  const at = new Date(seconds >= 0 && seconds < 1e10 ? seconds * 1000 : 0).toISOString();
  const message = 'was delivered again and again without an answer; its consumers may have been taken down';
  return [{ attempt, at, reason: DELIVERY_LIMIT, message }];
}

function latestXDeath(headers: IncomingMessage['headers']): XDeathEntry | undefined {
  const entries: unknown = headers['x-death'];
  return ((Array.isArray(entries) ? entries : []) as (XDeathEntry | undefined)[])[0];
}

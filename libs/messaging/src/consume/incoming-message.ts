import type { BrokerMessage, Delivery } from '@app/rabbitmq';
import { Header } from '../headers.js';
import { damageOf, isShortText } from './message-damage.js';
import { identityOf, isMessageId } from '../message-id.js';
import { type Failure, readFailures, writeFailures } from './failure.js';
import { plainHeaders, portableHeaders } from './message-headers.js';

/** A received message. Its content, properties and headers are untrusted input, and are bounded here. */
export interface IncomingMessage {
  readonly queue: string;
  readonly id: string;
  /** Whether it has a valid message id. If not, `id` is a hash of the message, so that it is the same each time. */
  readonly identified: boolean;
  /** Which property or header cannot be stored as it was sent: `a type that …`. */
  readonly damage: string | undefined;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly type: string | undefined;
  readonly correlationId: string | undefined;
  readonly requestId: unknown;
  readonly traceparent: string | undefined;
  /** From 1. */
  readonly attempt: number;
  /** How often this queue has delivered it before without an acknowledgement. */
  readonly deliveries: number;
  /** How often it was sent back from the dead letters because no handler had failed on it; at most 100. */
  readonly returns: number;
  readonly failures: readonly Failure[];
  /** Plain values, limited in number and size; without `failures`. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** Seconds since 1970. */
  readonly timestamp?: number;
  readonly content: Buffer;
}

const MAX_ATTEMPT = 100;
/** Printable ASCII. */
const PLAIN_TEXT = /^[\x20-\x7e]{1,255}$/;

/** @param queue the queue of the message, also when it was delivered from the quarantine or the dead letters */
export function readMessage(queue: string, { properties, content }: Delivery): IncomingMessage {
  const raw = (properties.headers ?? {}) as Record<string, unknown>;
  const messageId: unknown = properties.messageId;
  const proper = isMessageId(messageId);
  const headers = plainHeaders(raw);
  return {
    queue,
    id: proper ? messageId.toLowerCase() : identityOf(queue, properties, content),
    identified: proper && raw[Header.unidentified] !== true,
    damage: damageOf(properties, raw),
    contentType: shortTextOr(properties.contentType),
    contentEncoding: shortTextOr(properties.contentEncoding),
    type: shortTextOr(properties.type),
    correlationId: shortTextOr(properties.correlationId),
    requestId: headers[Header.requestId],
    traceparent: textOr(headers[Header.traceparent]),
    attempt: Math.max(1, countOf(raw[Header.attempt])),
    deliveries: countOf(raw[Header.deliveries]),
    returns: countOf(raw[Header.returns]),
    failures: readFailures(raw),
    headers,
    ...secondsOr(properties.timestamp),
    content,
  };
}

/** The same message for another queue, with changed headers. */
export function forward(
  message: IncomingMessage,
  queue: string,
  changes: Record<string, unknown>,
): BrokerMessage {
  const {
    type,
    correlationId,
    contentType = 'application/json',
    contentEncoding,
    failures,
    timestamp,
  } = message;
  const history = failures.length > 0 ? { [Header.failures]: writeFailures(failures) } : {};
  return {
    queue,
    messageId: message.id,
    contentType,
    headers: { ...portableHeaders(message.headers), ...history, ...changes },
    content: message.content,
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(timestamp !== undefined && { timestamp }),
    ...(type !== undefined && { type }),
    ...(correlationId !== undefined && { correlationId }),
  };
}

/** Accepts times up to the year 9999. */
function secondsOr(value: unknown): { timestamp?: number } {
  const isTime = Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < 253_402_300_800;
  return isTime ? { timestamp: Number(value) } : {};
}

function shortTextOr(value: unknown): string | undefined {
  return typeof value === 'string' && isShortText(value) ? value : undefined;
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' && PLAIN_TEXT.test(value) ? value : undefined;
}

function countOf(value: unknown): number {
  const count = typeof value === 'number' || typeof value === 'string' ? Number(value) : 0;
  return Number.isSafeInteger(count) && count >= 0 ? Math.min(count, MAX_ATTEMPT) : 0;
}

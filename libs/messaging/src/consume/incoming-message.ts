import type { BrokerMessage, Delivery } from '@app/rabbitmq';
import { Header } from '../headers.js';
import { isMessageId, newMessageId } from '../message-id.js';
import { type Failure, readFailures } from './failure.js';

/** A message as it came in. Everything in it was written by somebody else: nothing is taken on trust. */
export interface IncomingMessage {
  readonly queue: string;
  readonly id: string;
  /** Whether it brought a proper id; if not, `id` is a new one. */
  readonly identified: boolean;
  readonly type: string | undefined;
  readonly correlationId: string | undefined;
  readonly requestId: unknown;
  readonly traceparent: string | undefined;
  /** From 1. */
  readonly attempt: number;
  /** How often it was delivered before without an answer, since it came to the queue. */
  readonly deliveries: number;
  readonly failures: readonly Failure[];
  readonly headers: Readonly<Record<string, unknown>>;
  readonly content: Buffer;
}

const MAX_ATTEMPT = 100;

/** @param queue the queue that the message belongs to, wherever it was delivered from */
export function readMessage(queue: string, { properties, content }: Delivery): IncomingMessage {
  const headers = (properties.headers ?? {}) as Record<string, unknown>;
  const messageId: unknown = properties.messageId;
  const identified = isMessageId(messageId);
  return {
    queue,
    id: identified ? messageId.toLowerCase() : newMessageId(),
    identified,
    type: textOr(properties.type),
    correlationId: textOr(properties.correlationId),
    requestId: headers[Header.requestId],
    traceparent: textOr(headers[Header.traceparent]),
    attempt: Math.max(1, countOf(headers[Header.attempt])),
    deliveries: countOf(headers[Header.deliveries]),
    failures: readFailures(headers),
    headers,
    content,
  };
}

/** The same message on its way to another queue, with changed headers. */
export function forward(
  message: IncomingMessage,
  queue: string,
  changes: Record<string, unknown>,
): BrokerMessage {
  const { [Header.deliveries]: _, ...headers } = message.headers;
  return {
    queue,
    messageId: message.id,
    contentType: 'application/json',
    headers: { ...headers, ...changes },
    content: message.content,
    ...(message.type !== undefined && { type: message.type }),
    ...(message.correlationId !== undefined && { correlationId: message.correlationId }),
  };
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function countOf(value: unknown): number {
  const count = Number(value);
  return Number.isSafeInteger(count) && count >= 0 ? Math.min(count, MAX_ATTEMPT) : 0;
}

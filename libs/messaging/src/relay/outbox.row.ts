import type { BrokerMessage } from '@app/rabbitmq';
import { portableHeaders } from '../consume/message-headers.js';

/** An event or a delayed message, as read from the outbox. */
export interface OutboxRow {
  id: string;
  message_id: string;
  queue: string;
  exchange?: string | null;
  type: string | null;
  aggregate_key: string | null;
  headers: Record<string, unknown>;
  payload: Buffer;
  created_at: Date;
  /** Set when an earlier event of its partition is deferred; this event must wait until then, too. */
  held_until: Date | null;
  /** The part of the stream that it belongs to; rows of one part have one share of a batch. */
  part: string;
  /** The share: how many rows of its part a batch may take. If it took as many, there may be more. */
  share: number;
}

/** The partition of a row: key and destination. Its events are published one after the other. */
export function partitionOf({ id, queue, aggregate_key: key }: OutboxRow): string {
  return key === null ? id : `${queue} ${key}`;
}

/** The broker message of a row. */
export function messageOf(row: OutboxRow): BrokerMessage {
  const { correlation_id: correlationId, ...headers } = row.headers;
  return {
    queue: row.queue,
    messageId: row.message_id,
    contentType: 'application/json',
    timestamp: Math.floor(row.created_at.getTime() / 1000),
    headers: portableHeaders(headers),
    content: row.payload,
    ...(row.exchange && { exchange: row.exchange }),
    ...(row.type !== null && { type: row.type }),
    ...(typeof correlationId === 'string' && { correlationId }),
  };
}

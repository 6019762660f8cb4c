import type { BrokerMessage } from '@app/rabbitmq';
import { portableHeaders } from '../consume/message-headers.js';

/** An event or a delayed message as the relay finds it. */
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
  /** Set when an earlier event of its partition was put off: until then this one has to wait, too. */
  held_until: Date | null;
  /** What it shares its turns with. */
  part: string;
  /** How many rows of its part could be taken; there may be more when it is as many. */
  share: number;
}

/** Events of one partition are published one after the other: of one key, on their way to one place. */
export function partitionOf({ id, queue, aggregate_key: key }: OutboxRow): string {
  return key === null ? id : `${queue} ${key}`;
}

/** The message that a row stands for. */
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

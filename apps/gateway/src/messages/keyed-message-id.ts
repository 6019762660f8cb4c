import { createHash } from 'node:crypto';
import { uuidV8 } from '@app/ids';

/** What makes a repeated request the same one. */
export interface KeyedRequest {
  /** As the client sent it in `Idempotency-Key`. */
  key: string;
  /** Who sent it; keys of different callers have nothing to do with each other. */
  principal: string | undefined;
  queue: string;
  payload: unknown;
  delayMs: number;
}

/**
 * The id of the message of a request with an idempotency key: the same for the same request, so that its repetition has
 * no second effect. Another request under the same key is another message. A UUID of version 8, made of a SHA-256.
 */
export function keyedMessageId({ key, principal, queue, payload, delayMs }: KeyedRequest): string {
  const text = JSON.stringify([key, principal ?? null, queue, payload, delayMs]);
  return uuidV8(createHash('sha256').update(text).digest('hex'));
}

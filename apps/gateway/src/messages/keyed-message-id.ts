import { createHash } from 'node:crypto';

/** The parts that identify a repeated request. */
export interface KeyedRequest {
  /** As the client sent it in `Idempotency-Key`. */
  key: string;
  /** The caller; keys of different callers are independent. */
  principal: string | undefined;
  queue: string;
  payload: unknown;
  delayMs: number;
}

/**
 * The message id of a request with an idempotency key. The same request has the same id, so that a repetition has no
 * second effect. Another request under the same key is another message. A UUID of version 8, from a SHA-256.
 */
export function keyedMessageId({ key, principal, queue, payload, delayMs }: KeyedRequest): string {
  const text = JSON.stringify([key, principal ?? null, queue, payload, delayMs]);
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

import { createHash } from 'node:crypto';
import { uuidV8 } from '@app/ids';

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
  return uuidV8(createHash('sha256').update(text).digest('hex'));
}

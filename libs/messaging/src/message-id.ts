import { createHash, randomUUID } from 'node:crypto';
import { inspect } from 'node:util';

/**
 * A UUID of version 7: it begins with the time in milliseconds, so that rows keyed by it are appended to their
 * index instead of scattered over it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function newMessageId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/**
 * The id of a message that brought none: a UUID of version 8, made of all that it is, so that it is the same however
 * often and by whomever it is read. What tells one delivery from the next is no part of it.
 */
export function identityOf(queue: string, properties: object, content: Buffer): string {
  const { headers, ...others } = properties as { headers?: Record<string, unknown> };
  const { 'x-delivery-count': _, ...stable } = headers ?? {};
  const hash = createHash('sha256')
    .update(queue)
    .update(describe({ ...others, headers: stable }))
    .update(content);
  const hex = hash.digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Headers may lie in each other deeper than anybody wants to go. */
function describe(value: object): string {
  return inspect(value, { depth: 10, maxArrayLength: null, maxStringLength: null, breakLength: Infinity });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether something from outside can be the id of a message. */
export function isMessageId(candidate: unknown): candidate is string {
  return typeof candidate === 'string' && UUID.test(candidate);
}

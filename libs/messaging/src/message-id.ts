import { randomUUID } from 'node:crypto';

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

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether something from outside can be the id of a message. */
export function isMessageId(candidate: unknown): candidate is string {
  return typeof candidate === 'string' && UUID.test(candidate);
}

import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { isUuid, uuidV7, uuidV8 } from '@app/ids';

/** A UUID of version 7. */
export function newMessageId(): string {
  return uuidV7();
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
  return uuidV8(hash.digest('hex'));
}

/** Headers may lie in each other deeper than anybody wants to go. */
function describe(value: object): string {
  return inspect(value, { depth: 10, maxArrayLength: null, maxStringLength: null, breakLength: Infinity });
}

/** Whether something from outside can be the id of a message. */
export function isMessageId(candidate: unknown): candidate is string {
  return isUuid(candidate);
}

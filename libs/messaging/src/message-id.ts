import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { isUuid, uuidV7, uuidV8 } from '@app/ids';

/** A UUID of version 7. */
export function newMessageId(): string {
  return uuidV7();
}

/**
 * The id for a message that came without one: a UUID of version 8, a hash of the whole message. It is the same at every
 * delivery and in every process, because it excludes the delivery count.
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

/** Headers of an untrusted publisher may be nested very deeply, so the depth is limited. */
function describe(value: object): string {
  return inspect(value, { depth: 10, maxArrayLength: null, maxStringLength: null, breakLength: Infinity });
}

/** Whether an untrusted value is a valid message id. */
export function isMessageId(candidate: unknown): candidate is string {
  return isUuid(candidate);
}

import { randomBytes } from 'node:crypto';

const ACCEPTED = /^[A-Za-z0-9._-]{1,64}$/;
const PREFIX = randomBytes(9).toString('base64url');
let counter = 0;

/**
 * Returns the caller's request id if it is harmless (`[A-Za-z0-9._-]{1,64}`), otherwise a new one. A new id is a random
 * prefix of this process and a counter: unique, and much cheaper than a UUID.
 */
export function acceptRequestId(candidate: unknown): string {
  if (typeof candidate === 'string' && ACCEPTED.test(candidate)) return candidate;
  counter += 1;
  return `${PREFIX}-${counter.toString(36)}`;
}

import { AppError, Status } from '@app/errors';
import { MessageInProgressError } from '../inbox/inbox.errors.js';

/** What errors name in `details.upstream` that every message of a handler needs alike. */
const STORES: ReadonlySet<unknown> = new Set(['postgres', 'redis', 's3']);

/**
 * Whether an attempt failed for what it needs, which fails all alike: a store is unavailable, read-only or in another
 * state in which it serves nobody, here or behind a gRPC call; or a circuit is open, and nothing was sent. It is no
 * fault of the message. An upstream of our own that does not answer is not meant: the message may be what ends it.
 */
export function isOutage(thrown: unknown): boolean {
  if (!(thrown instanceof AppError)) return false;
  const { reason, status, details } = thrown;
  return (
    reason === 'CIRCUIT_OPEN' ||
    (status.http === Status.UNAVAILABLE.http && STORES.has(details?.['upstream']))
  );
}

/** Whether a failure counts no attempt: it is an outage, or another delivery of the message is being handled. */
export function isBlameless(thrown: unknown): boolean {
  return isOutage(thrown) || thrown instanceof MessageInProgressError;
}

import { AppError, Status } from '@app/errors';
import { MessageInProgressError } from '../inbox/inbox.errors.js';

/** Stores that every message of a handler needs, as named in `details.upstream` of an error. */
const STORES: ReadonlySet<unknown> = new Set(['postgres', 'redis', 's3']);

/**
 * Whether an attempt failed because of a dependency and not because of its message. Either a store serves no caller (it
 * is unavailable or read-only), here or behind a gRPC call; or a circuit is open, and nothing was sent. An unavailable
 * gRPC server of the project does not count as an outage: the message itself may crash it.
 */
export function isOutage(thrown: unknown): boolean {
  if (!(thrown instanceof AppError)) return false;
  const { reason, status, details } = thrown;
  return (
    reason === 'CIRCUIT_OPEN' ||
    (status.http === Status.UNAVAILABLE.http && STORES.has(details?.['upstream']))
  );
}

/** Whether a failed attempt is not counted: it is an outage, or another delivery of the same message is in progress. */
export function isUncounted(thrown: unknown): boolean {
  return isOutage(thrown) || thrown instanceof MessageInProgressError;
}

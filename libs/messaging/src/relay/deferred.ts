import { MessageUnsendableError, PublishRefusedError, QueueNotFoundError } from '@app/rabbitmq';
import { ConfirmOverdueError } from './confirm-overdue.error.js';
import type { OutboxRow } from './outbox.row.js';

/**
 * A row that is deferred: for some milliseconds by the database's clock, or until an earlier row of its partition is
 * due. The first deferred row of a partition has the error that caused it.
 */
export interface Deferred {
  readonly row: OutboxRow;
  readonly wait: number | Date;
  readonly error?: unknown;
}

/** The delay when a person must fix the cause (a missing queue, a message that cannot be sent), in milliseconds. */
const FOR_A_PERSON_MS = 60_000;
/** The delay when a queue rejects or does not confirm (it is full or has lost its majority), in milliseconds. */
const REFUSED_MS = 5_000;

/** How long to defer the row, in milliseconds; undefined when the broker may be unavailable for all rows. */
export function deferralFor(error: unknown): number | undefined {
  if (error instanceof PublishRefusedError || error instanceof ConfirmOverdueError) return REFUSED_MS;
  const lasting = error instanceof QueueNotFoundError || error instanceof MessageUnsendableError;
  return lasting ? FOR_A_PERSON_MS : undefined;
}

import { MessageUnsendableError, PublishRefusedError, QueueNotFoundError } from '@app/rabbitmq';
import { ConfirmOverdueError } from './confirm-overdue.error.js';
import type { OutboxRow } from './outbox.row.js';

/**
 * A row that waits: for some milliseconds from now by the clock of the database, or until an earlier row of its partition is
 * due. The first of its partition has the error that is the cause.
 */
export interface Deferred {
  readonly row: OutboxRow;
  readonly wait: number | Date;
  readonly error?: unknown;
}

/** What a person has to mend (a queue that nobody declared, a message that no broker takes), in milliseconds. */
const FOR_A_PERSON_MS = 60_000;
/** A queue that refuses or does not confirm, since it is full or has lost its majority, in milliseconds. */
const REFUSED_MS = 5_000;

/** For how long to let others go first, in milliseconds; undefined when the broker may be unavailable for all alike. */
export function deferralFor(error: unknown): number | undefined {
  if (error instanceof PublishRefusedError || error instanceof ConfirmOverdueError) return REFUSED_MS;
  const lasting = error instanceof QueueNotFoundError || error instanceof MessageUnsendableError;
  return lasting ? FOR_A_PERSON_MS : undefined;
}

import { MessageUnsendableError, PublishRefusedError, QueueNotFoundError } from '@app/rabbitmq';
import { ConfirmOverdueError } from './confirm-overdue.error.js';
import type { OutboxRow } from './outbox.row.js';

/** An outbox row that the relay publishes later. */
export interface Deferred {
  readonly row: OutboxRow;
  /** The delay in milliseconds by the database's clock, or the time at which an earlier row of the partition is due. */
  readonly wait: number | Date;
  /** Why the row cannot be published. Set only in the first deferred row of a partition. */
  readonly error?: unknown;
}

/** The delay when an operator must fix the cause: the queue is missing, or the message cannot be sent; milliseconds. */
const OPERATOR_DELAY_MS = 60_000;
/** The delay when the queue rejects or does not confirm: it is full, or has lost its majority; milliseconds. */
const QUEUE_DELAY_MS = 5_000;

/** How long to defer the row, in milliseconds; undefined when the broker may be unavailable for all rows. */
export function deferralFor(error: unknown): number | undefined {
  if (error instanceof PublishRefusedError || error instanceof ConfirmOverdueError) return QUEUE_DELAY_MS;
  const needsOperator = error instanceof QueueNotFoundError || error instanceof MessageUnsendableError;
  return needsOperator ? OPERATOR_DELAY_MS : undefined;
}

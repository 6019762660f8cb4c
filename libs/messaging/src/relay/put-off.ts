import { MessageUnsendableError, PublishRefusedError, QueueNotFoundError } from '@app/rabbitmq';
import type { OutboxRow } from './outbox.row.js';

/** A row that waits for a time; with the error of its own, or because one before it in its lane has to wait. */
export interface PutOff {
  readonly row: OutboxRow;
  readonly until: Date;
  readonly error?: unknown;
}

/** What a person has to mend (a queue that nobody declared, a message that no broker takes), in milliseconds. */
const FOR_A_PERSON_MS = 60_000;
/** A queue that refuses, since it is full or has lost its majority, in milliseconds. */
const REFUSED_MS = 5_000;

/** Until when to let others go first; undefined when the broker is away for all alike. */
export function putOffFor(error: unknown): Date | undefined {
  if (error instanceof PublishRefusedError) return new Date(Date.now() + REFUSED_MS);
  const lasting = error instanceof QueueNotFoundError || error instanceof MessageUnsendableError;
  return lasting ? new Date(Date.now() + FOR_A_PERSON_MS) : undefined;
}

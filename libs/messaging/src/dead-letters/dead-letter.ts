import type { Failure } from '../consume/failure.js';

/**
 * `dead`: waits for a person. `redriving`: accepted for redrive. `redriven`: published again; if it dies again, it is
 * `dead` again. `discarded`: given up by a person. `resolved`: another delivery of the message had its effect while
 * the letter waited.
 */
export type DeadLetterStatus = 'dead' | 'redriving' | 'redriven' | 'discarded' | 'resolved';

/** The fields of a dead letter that lists show. */
export interface DeadLetterSummary {
  id: string;
  messageId: string;
  queue: string;
  type: string | undefined;
  /** The reason of the latest failure. */
  reason: string;
  /** The message of the latest failure. */
  error: string;
  /** Attempts since it was last published. */
  attempts: number;
  firstFailedAt: Date;
  deadAt: Date;
  status: DeadLetterStatus;
  /** When it was redriven, discarded or resolved. */
  handledAt: Date | undefined;
  /** How often it was published again. */
  redrives: number;
  /** Size of the payload in bytes. */
  size: number;
}

/** A dead letter with its content and its history. */
export interface DeadLetter extends DeadLetterSummary {
  correlationId: string | undefined;
  headers: Readonly<Record<string, unknown>>;
  /** The first mebibyte. */
  payload: Buffer;
  /** All failures, also those before each redrive, oldest first. */
  errors: readonly Failure[];
  /** Latest first. */
  actions: readonly DeadLetterAction[];
}

/** Selects dead letters. A field that is undefined matches every letter. */
export interface DeadLetterFilter {
  queue?: string | undefined;
  reason?: string | undefined;
  type?: string | undefined;
  /** Died at this instant or later. */
  since?: Date | undefined;
  ids?: readonly string[] | undefined;
}

/** Who acts, and why. */
export interface OperatorAction {
  /** The id that the caller supplies; it is not verified here. */
  actor: string;
  note: string;
}

/** A recorded action of a person on a dead letter. */
export interface DeadLetterAction extends OperatorAction {
  id: number;
  letterId: string;
  messageId: string;
  queue: string;
  /** The reason of the letter at the time of the action. */
  reason: string;
  action: 'redrive' | 'discard';
  at: Date;
  requestId: string | undefined;
}

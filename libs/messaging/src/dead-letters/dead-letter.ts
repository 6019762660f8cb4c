import type { Failure } from '../consume/failure.js';

/**
 * - `dead`: an operator must handle it.
 * - `redriving`: accepted for redrive, and not published yet.
 * - `redriven`: published to its queue again. When the message fails for good again, the status is `dead` again.
 * - `discarded`: an operator decided not to process the message.
 * - `resolved`: another delivery of the message was processed before an operator handled the dead letter.
 */
export type DeadLetterStatus = 'dead' | 'redriving' | 'redriven' | 'discarded' | 'resolved';

/** A dead letter in a list, without its content. */
export interface DeadLetterSummary {
  id: string;
  messageId: string;
  queue: string;
  type: string | undefined;
  /**
   * The code of the latest failure: the `reason` of an `AppError`, the name of another error, `DELIVERY_LIMIT` when the
   * broker made the message a dead letter, or `UNKNOWN`.
   */
  reason: string;
  /** The message of the latest failure. */
  error: string;
  /** Attempts to process the message since it was last published. */
  attempts: number;
  /** When the first attempt failed. */
  firstFailedAt: Date;
  /** When the message last became a dead letter. */
  deadAt: Date;
  status: DeadLetterStatus;
  /** When it was redriven, discarded or resolved. */
  handledAt: Date | undefined;
  /** How often it was redriven. */
  redrives: number;
  /** Size of the payload in bytes. */
  size: number;
}

/** A dead letter with its content and its history. */
export interface DeadLetter extends DeadLetterSummary {
  correlationId: string | undefined;
  headers: Readonly<Record<string, unknown>>;
  /** The first mebibyte of the payload; `size` is its full size. */
  payload: Buffer;
  /** All failures, including those before each redrive, oldest first. */
  errors: readonly Failure[];
  /** The recorded actions of operators, latest first. */
  actions: readonly DeadLetterAction[];
}

/** Selects dead letters. An undefined field matches every dead letter. */
export interface DeadLetterFilter {
  queue?: string | undefined;
  reason?: string | undefined;
  type?: string | undefined;
  /** Selects dead letters whose `deadAt` is this time or later. */
  since?: Date | undefined;
  ids?: readonly string[] | undefined;
}

/** The operator of an action, and the note that is recorded with it. */
export interface OperatorAction {
  /** The id of the operator, as the caller states it. This lib does not verify it. */
  actor: string;
  /** The operator's reason for the action, as free text. */
  note: string;
}

/** A recorded action of an operator on a dead letter. */
export interface DeadLetterAction extends OperatorAction {
  id: number;
  /** The id of the dead letter. */
  letterId: string;
  messageId: string;
  queue: string;
  /** The `reason` of the dead letter at the time of the action. */
  reason: string;
  action: 'redrive' | 'discard';
  at: Date;
  requestId: string | undefined;
}

import type { Failure } from '../consume/failure.js';

/**
 * `dead`: waits for a person. `redriving`: accepted for its way back. `redriven`: published again; when it dies
 * again it is `dead` again. `discarded`: given up. `resolved`: another delivery of the message had the effect while the
 * letter waited.
 */
export type DeadLetterStatus = 'dead' | 'redriving' | 'redriven' | 'discarded' | 'resolved';

/** What every view of a letter tells. */
export interface DeadLetterSummary {
  id: string;
  messageId: string;
  queue: string;
  type: string | undefined;
  /** Of the latest failure. */
  reason: string;
  /** The message of the latest failure. */
  error: string;
  /** Since it was last published. */
  attempts: number;
  firstFailedAt: Date;
  deadAt: Date;
  status: DeadLetterStatus;
  /** When it was redriven, discarded or resolved. */
  handledAt: Date | undefined;
  /** How often it was published again. */
  redrives: number;
  /** Bytes of the payload. */
  size: number;
}

/** A letter, opened. */
export interface DeadLetter extends DeadLetterSummary {
  correlationId: string | undefined;
  headers: Readonly<Record<string, unknown>>;
  /** The first mebibyte. */
  payload: Buffer;
  /** Of all its lives, oldest first. */
  errors: readonly Failure[];
  /** Latest first. */
  actions: readonly DeadLetterAction[];
}

/** Which letters; what is left out does not matter. */
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
  /** As the caller says it. */
  actor: string;
  note: string;
}

/** What somebody did to a letter. */
export interface DeadLetterAction extends OperatorAction {
  id: number;
  letterId: string;
  messageId: string;
  queue: string;
  /** Of the letter, when it was handled. */
  reason: string;
  action: 'redrive' | 'discard';
  at: Date;
  requestId: string | undefined;
}

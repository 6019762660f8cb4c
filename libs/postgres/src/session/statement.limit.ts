import { remainingMs, type RequestContext } from '@app/context';
import { type AppError, CancelledError, DeadlineExceededError } from '@app/errors';
import { transactionEdgeOf } from './transaction.edge.js';

/** How much longer than the server's own time-out we wait for its reply, in milliseconds. */
const SERVER_MARGIN_MS = 500;
/** Time limit of a ROLLBACK, in milliseconds. It runs when the time of the work may be over. */
const ROLLBACK_MS = 1_000;

/** A transport may report an expired deadline as a cancelled caller, and its clock differs from ours; milliseconds. */
const SAME_MOMENT_MS = 25;

const WHAT = 'A database query';

/** Time limit of a statement, and how it is ended. */
export interface StatementLimit {
  /** Milliseconds from now; Infinity: never. */
  readonly ms: number;
  /** Aborted when nobody waits for the statement. */
  readonly signal: AbortSignal | undefined;
  /** Whether a cancel request may end it; otherwise only the loss of its connection does. */
  readonly cancellable: boolean;
}

/**
 * The limit of a statement: the remaining time of its context, never more than `statementTimeout`. A COMMIT is not
 * cancelled, because its outcome would be unknown. A ROLLBACK runs after the time of the work, and has a limit of
 * its own.
 *
 * @param statementTimeout milliseconds; 0: none
 */
export function limitOf(
  sql: string,
  context: RequestContext | undefined,
  statementTimeout: number,
): StatementLimit {
  const edge = transactionEdgeOf(sql);
  if (edge === 'rollback') return { ms: ROLLBACK_MS, signal: undefined, cancellable: false };
  const longest = statementTimeout === 0 ? Infinity : statementTimeout + SERVER_MARGIN_MS;
  const ms = Math.min(longest, remainingMs(context?.deadline));
  if (edge === 'commit') return { ms: ms + SERVER_MARGIN_MS, signal: undefined, cancellable: false };
  return { ms, signal: context?.callerSignal, cancellable: true };
}

/** The reason why this context may send no more statements; undefined while it may. */
export function endOf(context: RequestContext | undefined): AppError | undefined {
  const over = context?.callerSignal?.aborted || remainingMs(context?.deadline) === 0;
  return over ? givenUp(context) : undefined;
}

/**
 * The error of a statement that was ended early: CancelledError when the caller gave up clearly before the
 * deadline, otherwise DeadlineExceededError.
 */
export function givenUp(context: RequestContext | undefined): AppError {
  const { aborted = false, reason } = context?.callerSignal ?? {};
  const { name } = (reason ?? {}) as { name?: string };
  const isEarly = aborted && name !== 'TimeoutError' && remainingMs(context?.deadline) > SAME_MOMENT_MS;
  return isEarly ? CancelledError.of(WHAT) : DeadlineExceededError.of(WHAT);
}

import { remainingMs, type RequestContext } from '@app/context';
import { type AppError, CancelledError, DeadlineExceededError } from '@app/errors';
import { transactionEdgeOf } from './transaction.edge.js';

/** How much longer than the server's `statement_timeout` the client waits for a reply, in milliseconds. */
const SERVER_MARGIN_MS = 500;
/** Time limit of a ROLLBACK, in milliseconds. It often runs after the deadline of the work. */
const ROLLBACK_MS = 1_000;

/**
 * Tolerance for clock differences, in milliseconds. A transport may report an expired deadline as a cancelled caller, a
 * little before the deadline by this process's clock.
 */
const CLOCK_TOLERANCE_MS = 25;

const WHAT = 'A database query';

/** Time limit of a statement, and how it is ended. */
export interface StatementLimit {
  /** Milliseconds from now; Infinity: never. */
  readonly ms: number;
  /** Aborted when no caller waits for the statement any longer. */
  readonly signal: AbortSignal | undefined;
  /** Whether a cancel request may end it; otherwise only the loss of its connection does. */
  readonly cancellable: boolean;
}

/**
 * The limit of a statement: the remaining time of its context, never more than `statementTimeout`. A COMMIT is not
 * cancelled, because its outcome would be unknown. A ROLLBACK runs after the deadline of the work, and has a
 * separate limit.
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
  const isEarly = aborted && name !== 'TimeoutError' && remainingMs(context?.deadline) > CLOCK_TOLERANCE_MS;
  return isEarly ? CancelledError.of(WHAT) : DeadlineExceededError.of(WHAT);
}

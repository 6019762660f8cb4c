import { remainingMs, type RequestContext } from '@app/context';
import { type AppError, CancelledError, DeadlineExceededError } from '@app/errors';
import { transactionEdgeOf } from './transaction.edge.js';

/** How much longer than the server's own time-out we wait for its answer, in milliseconds. */
const SERVER_MARGIN_MS = 500;
/** How long a ROLLBACK may take, in milliseconds: it comes when the work's own time may be over. */
const ROLLBACK_MS = 1_000;

/** A transport tells of a deadline as of a caller who goes away, and its clock is not ours; milliseconds. */
const SAME_MOMENT_MS = 25;

const WHAT = 'A database query';

/** When a statement is given up, and how. */
export interface StatementLimit {
  /** Milliseconds from now; Infinity: never. */
  readonly ms: number;
  /** Aborted when nobody waits for the statement any more. */
  readonly signal: AbortSignal | undefined;
  /** Whether the server is asked to cancel it; otherwise only the loss of its connection ends it. */
  readonly cancellable: boolean;
}

/**
 * What a statement may take: what remains of its context, never more than `statementTimeout`. COMMIT is not
 * cancelled, since nobody could say what became of it; ROLLBACK is for work whose time is over, and has its own.
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

/** Why nothing more may be sent for this context; undefined while it may. */
export function endOf(context: RequestContext | undefined): AppError | undefined {
  const over = context?.callerSignal?.aborted || remainingMs(context?.deadline) === 0;
  return over ? givenUp(context) : undefined;
}

/** What a statement fails with that was given up: for its time, unless the caller went away before that was over. */
export function givenUp(context: RequestContext | undefined): AppError {
  const { aborted = false, reason } = context?.callerSignal ?? {};
  const { name } = (reason ?? {}) as { name?: string };
  const isEarly = aborted && name !== 'TimeoutError' && remainingMs(context?.deadline) > SAME_MOMENT_MS;
  return isEarly ? CancelledError.of(WHAT) : DeadlineExceededError.of(WHAT);
}

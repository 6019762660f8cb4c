import { CommitUnknownError, PostgresUnavailableError } from '../postgres.errors.js';
import { isConnectionFailure } from '../translate-error.js';
import { transactionEdgeOf } from './transaction.edge.js';

/**
 * Statements that change nothing by themselves. Any other statement outside of a transaction is its own
 * transaction.
 */
const HARMLESS =
  /^\s*(SELECT|SHOW|SET|RESET|START|BEGIN|ROLLBACK|SAVEPOINT|RELEASE|LISTEN|UNLISTEN|EXPLAIN|VALUES|DISCARD)\b/i;

/** Errors of `pg` for a statement that it did not write to the connection. */
const NOT_SENT = /not queryable|after calling end|Connection is not established/;

/**
 * As the server reports it after each statement: `I` outside of a transaction, `T` inside, `E` inside one that
 * failed.
 */
export type TransactionStatus = string | null;

/**
 * Translates the failure of a statement whose reply was lost. The server may have executed it when it is a COMMIT
 * or a transaction of its own. Inside a transaction nothing takes effect, because the session ends.
 *
 * @returns undefined when the reply was not lost, or does not matter
 */
export function lostAnswer(
  sql: string,
  status: TransactionStatus,
  error: unknown,
): CommitUnknownError | PostgresUnavailableError | undefined {
  const isCommit = transactionEdgeOf(sql) === 'commit';
  const isItsOwn = status === 'I' && !HARMLESS.test(sql);
  if (!(isCommit || isItsOwn) || !isConnectionFailure(error) || wasRefused(error)) return undefined;
  return isCommit ? CommitUnknownError.because(error) : PostgresUnavailableError.unanswered(error);
}

/** The statement was not sent, or the server replied that it has no room or memory for it: class 53 of SQLSTATE. */
function wasRefused(error: unknown): boolean {
  const { message, code } = error as { message?: unknown; code?: unknown };
  return NOT_SENT.test(String(message)) || String(code).startsWith('53');
}

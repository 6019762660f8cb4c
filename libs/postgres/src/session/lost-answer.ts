import { CommitUnknownError, PostgresUnavailableError } from '../postgres.errors.js';
import { isConnectionFailure } from '../translate-error.js';
import { transactionEdgeOf } from './transaction.edge.js';

/** Statements that change nothing by themselves. Whatever else is sent outside of a transaction is one of its own. */
const HARMLESS =
  /^\s*(SELECT|SHOW|SET|RESET|START|BEGIN|ROLLBACK|SAVEPOINT|RELEASE|LISTEN|UNLISTEN|EXPLAIN|VALUES|DISCARD)\b/i;

/** What `pg` says of a statement that it has not written to the connection. */
const NOT_SENT = /not queryable|after calling end|Connection is not established/;

/** As the server says it after each statement: `I` outside of a transaction, `T` inside, `E` inside one that failed. */
export type TransactionStatus = string | null;

/**
 * What a failed statement means whose answer was lost: the server may have carried it out when it ends a transaction, or
 * is one of its own. Inside a transaction nothing takes effect when the session ends.
 *
 * @returns undefined when the answer was not lost, or does not matter
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

/** Not sent; or the server has answered that it has no room or memory for it: class 53 of SQLSTATE. */
function wasRefused(error: unknown): boolean {
  const { message, code } = error as { message?: unknown; code?: unknown };
  return NOT_SENT.test(String(message)) || String(code).startsWith('53');
}

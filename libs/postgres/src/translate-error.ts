import { AppError, DeadlineExceededError } from '@app/errors';
import { QueryFailedError } from 'typeorm';
import { dataErrorOf } from './data.errors.js';
import {
  PostgresUnavailableError,
  TransactionConflictError,
  TransactionFailedError,
} from './postgres.errors.js';

/** Classes and codes of SQLSTATE about the server or the connection, not about the statement. */
const SQL_STATES = /^(08...|57P0[1-5]|53[0-9]00|58...)$/;
/** The server refuses the login, or has no such database. During the start that is final; later it is an outage. */
const LOGIN_STATES = /^(28...|3D000)$/;
const READ_ONLY = '25006';
/** How a standby refuses what only a primary can do: an unsupported feature, or a wrong state. */
const STANDBY_STATES = /^(0A000|55000)$/;
const STANDBY_MESSAGES = /recovery|hot standby/;
const SYSTEM_CODES =
  /^(ECONN(REFUSED|RESET|ABORTED)|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|E(HOST|NET)UNREACH|ENOENT)$/;
/** Errors of `pg` for a lost connection that have a message and no code. */
const MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|timeout expired|not queryable|after calling end|Connection is not established/;
const QUERY_CANCELED = '57014';
const IN_FAILED_TRANSACTION = '25P02';
/** serialization_failure and deadlock_detected: the same transaction may succeed when it runs again. */
const CONFLICTS = ['40001', '40P01'];

/**
 * Translates a failure of the driver for the caller: the database is unavailable or read-only, the time was over,
 * another transaction was faster, or the data was refused. Other errors are returned as they are: the statement is
 * wrong (such as an unknown column), and only the caller can interpret that.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function translateError(thrown: unknown): unknown {
  if (thrown instanceof AppError) return thrown;
  const cause: unknown = thrown instanceof QueryFailedError ? thrown.driverError : undefined;
  if (cause instanceof AppError) return cause;
  if (isConnectionFailure(thrown)) return PostgresUnavailableError.because(thrown);
  if (isReadOnly(thrown)) return PostgresUnavailableError.readOnly(thrown);
  if (LOGIN_STATES.test(sqlStateOf(thrown) ?? '')) return PostgresUnavailableError.refused(thrown);
  if (isQueryCanceled(thrown)) return DeadlineExceededError.of('A database query', thrown);
  if (CONFLICTS.includes(sqlStateOf(thrown) ?? '')) return TransactionConflictError.because(thrown);
  if (sqlStateOf(thrown) === IN_FAILED_TRANSACTION) return TransactionFailedError.create(thrown);
  return dataErrorOf(sqlStateOf(thrown) ?? '', thrown) ?? thrown;
}

/** Whether the connection failed, and not the statement. */
export function isConnectionFailure(thrown: unknown): boolean {
  const { message } = driverErrorOf(thrown);
  const code = sqlStateOf(thrown) ?? '';
  return (
    SQL_STATES.test(code) ||
    SYSTEM_CODES.test(code) ||
    (typeof message === 'string' && MESSAGES.test(message))
  );
}

/**
 * Whether the server is read-only: it is a standby, or its settings say so. Its address may point to another server
 * by now.
 */
export function isReadOnly(thrown: unknown): boolean {
  const code = sqlStateOf(thrown) ?? '';
  const { message } = driverErrorOf(thrown);
  return code === READ_ONLY || (STANDBY_STATES.test(code) && STANDBY_MESSAGES.test(String(message)));
}

/** Whether the server cancelled the statement, because of its time limit or a cancel request. */
export function isQueryCanceled(thrown: unknown): boolean {
  return sqlStateOf(thrown) === QUERY_CANCELED;
}

/** The SQLSTATE of a failure, or the code of the socket's error. */
export function sqlStateOf(thrown: unknown): string | undefined {
  const { code } = driverErrorOf(thrown);
  return typeof code === 'string' ? code : undefined;
}

function driverErrorOf(thrown: unknown): { code?: unknown; message?: unknown } {
  return (thrown instanceof QueryFailedError ? thrown.driverError : thrown) ?? {};
}

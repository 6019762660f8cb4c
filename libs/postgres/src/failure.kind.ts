import { AppError } from '@app/errors';
import { PoolExhaustedError, PostgresUnavailableError } from './postgres.errors.js';
import { isReadOnly, sqlStateOf, translateError } from './translate-error.js';

/** Why a statement failed, or why no session was available; the label `kind` of `sql_failures_total`. */
export type FailureKind = keyof typeof FAILURE_CLASSES;

/**
 * Who has to act on a kind of failure. `unanswered`: look at the server. `refused`: look at the statement or its
 * data. `expected`: another transaction was faster, or the caller gave up; nobody has to act.
 */
export const FAILURE_CLASSES = {
  unavailable: 'unanswered',
  read_only: 'unanswered',
  pool_exhausted: 'unanswered',
  timeout: 'unanswered',
  statement: 'refused',
  data: 'refused',
  resources: 'refused',
  other: 'refused',
  conflict: 'expected',
  constraint: 'expected',
  cancelled: 'expected',
} as const;

/**
 * Kinds by the class of the SQLSTATE, which is its first two characters.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const BY_SQLSTATE: Readonly<Record<string, FailureKind>> = {
  '0A': 'statement',
  '22': 'data',
  '23': 'constraint',
  '25': 'statement',
  '34': 'statement',
  '40': 'conflict',
  '42': 'statement',
  '53': 'resources',
  '54': 'resources',
  '55': 'conflict',
};

/** The kind of a failure, for errors of the driver and for ours. */
export function failureKindOf(thrown: unknown): FailureKind {
  if (thrown instanceof PoolExhaustedError) return 'pool_exhausted';
  if (isReadOnly(thrown)) return 'read_only';
  const meaning = translateError(thrown);
  if (meaning instanceof PostgresUnavailableError)
    return sqlStateOf(thrown)?.startsWith('53') ? 'resources' : 'unavailable';
  if (meaning instanceof AppError) {
    if (meaning.reason === 'DEADLINE_EXCEEDED') return 'timeout';
    if (meaning.reason === 'CANCELLED') return 'cancelled';
    // The answer to a statement or to COMMIT was lost with the connection.
    if (meaning.reason === 'OUTCOME_UNKNOWN') return 'unavailable';
  }
  return BY_SQLSTATE[sqlStateOf(thrown)?.slice(0, 2) ?? ''] ?? 'other';
}

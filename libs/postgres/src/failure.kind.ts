import { AppError } from '@app/errors';
import { PoolExhaustedError, PostgresUnavailableError } from './postgres.errors.js';
import { isReadOnly, sqlStateOf, translateError } from './translate-error.js';

/** Why a statement failed, or no session could be had; the label `kind` of `sql_failures_total`. */
export type FailureKind = keyof typeof FAILURE_CLASSES;

/**
 * Who has to look at a kind of failure: `unanswered` speaks of the server, `refused` of the statement or its data, and
 * `expected` of others who were faster, or of a caller who left.
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
 * By the class of the SQLSTATE, which is its first two characters.
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

/** The kind of a failure, of the driver or of ours. */
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

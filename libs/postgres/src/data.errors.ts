import { Status } from '@app/errors';
import { PostgresError } from './postgres.errors.js';

/** SQLSTATE of the constraints that depend on other rows. */
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

/**
 * The server refused the data of a statement, or could not compute with it: SQLSTATE classes 22 (data exception),
 * 23 (integrity constraint violation) and 54 (program limit exceeded). The same data fails again, so it is not
 * retried. A store that can give a better reason checks for it:
 * `if (isUniqueViolation(error)) throw EmailTakenError.create()`.
 */
export abstract class DataError extends PostgresError {
  /** @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
  abstract readonly sqlState: string;
}

/**
 * The data conflicts with stored rows: the key is taken, a row that it refers to is missing, or other rows refer to
 * it.
 */
export class DataConflictError extends DataError {
  private constructor(
    readonly sqlState: string,
    cause: unknown,
  ) {
    super({
      reason: 'CONFLICT',
      status: sqlState === FOREIGN_KEY_VIOLATION ? Status.ABORTED : Status.ALREADY_EXISTS,
      logLevel: 'warn',
      message: 'What is stored already stands against this. Read it, and change the request.',
      cause,
    });
  }

  static of(sqlState: string, cause: unknown): DataConflictError {
    return new DataConflictError(sqlState, cause);
  }
}

/** No column accepts the data: text with U+0000, a number out of range, a value that a check constraint refuses. */
export class DataRefusedError extends DataError {
  private constructor(
    readonly sqlState: string,
    cause: unknown,
  ) {
    super({
      reason: 'DATA_REFUSED',
      status: Status.INVALID_ARGUMENT,
      // Validation at the entry should have refused it: somebody has to look.
      logLevel: 'error',
      message:
        'The database cannot store this data. Check texts for control characters, and numbers and lengths.',
      cause,
    });
  }

  static of(sqlState: string, cause: unknown): DataRefusedError {
    return new DataRefusedError(sqlState, cause);
  }
}

/** Whether a statement failed because another row has the key already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof DataError && error.sqlState === UNIQUE_VIOLATION;
}

/** Whether a statement failed because a row that it refers to is missing, or because other rows refer to its row. */
export function isForeignKeyViolation(error: unknown): boolean {
  return error instanceof DataError && error.sqlState === FOREIGN_KEY_VIOLATION;
}

const DATA = /^(22|23|54)...$/;
/** restrict, foreign key, unique, exclusion */
const CONFLICTS: ReadonlySet<string> = new Set(['23001', FOREIGN_KEY_VIOLATION, UNIQUE_VIOLATION, '23P01']);

/** The error for a SQLSTATE about the data; undefined for any other. */
export function dataErrorOf(sqlState: string, cause: unknown): DataError | undefined {
  if (!DATA.test(sqlState)) return undefined;
  return CONFLICTS.has(sqlState)
    ? DataConflictError.of(sqlState, cause)
    : DataRefusedError.of(sqlState, cause);
}

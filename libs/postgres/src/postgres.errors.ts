import { AppError, outcomeUnknown, Status } from '@app/errors';

export abstract class PostgresError extends AppError {}

/**
 * The database serves nobody at the moment; nothing of the transaction took effect. Outside of a transaction
 * `outcome` is `unknown` when a statement that changes something was sent and got no reply.
 */
export class PostgresUnavailableError extends PostgresError {
  /** No connection could be opened, or it broke. */
  static because(cause: unknown): PostgresUnavailableError {
    return new PostgresUnavailableError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1000,
      message: 'The database is not available at the moment. Try again shortly.',
      cause,
      details: { upstream: 'postgres' },
    });
  }

  /** A statement outside of a transaction was sent, and the connection broke before the reply. */
  static unanswered(cause: unknown): PostgresUnavailableError {
    return new PostgresUnavailableError(outcomeUnknown('postgres', cause));
  }

  /** The server is reachable but read-only, as after a failover: it is a standby, or its settings make it read-only. */
  static readOnly(cause: unknown): PostgresUnavailableError {
    return new PostgresUnavailableError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1000,
      message: 'The database takes no writes at the moment: its server is read-only. Try again shortly.',
      cause,
      details: { upstream: 'postgres' },
    });
  }

  /** The server refuses the login: the password was changed, or the role or the database no longer exists. */
  static refused(cause: unknown): PostgresUnavailableError {
    return new PostgresUnavailableError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'error',
      retryable: true,
      retryAfterMs: 1000,
      message:
        'The database refuses the login of this app. Check the user, password and database of postgres.url.',
      cause,
      details: { upstream: 'postgres' },
    });
  }
}

/** All connections of the pool were busy for `postgres.acquire_timeout`; nothing was sent. */
export class PoolExhaustedError extends PostgresUnavailableError {
  static after(waitedMs: number, cause: unknown): PoolExhaustedError {
    return new PoolExhaustedError({
      reason: 'QUEUE_TIMEOUT',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1000,
      message: `No database connection came free within ${waitedMs} ms. Try again shortly.`,
      cause,
      details: { upstream: 'postgres' },
    });
  }
}

/** Transactions that ran at the same time conflicted, and the server aborted this one; nothing took effect. */
export class TransactionConflictError extends PostgresError {
  static because(cause: unknown): TransactionConflictError {
    return new TransactionConflictError({
      reason: 'CONFLICT',
      status: Status.ABORTED,
      retryable: true,
      message: 'Somebody else changed the same data at the same time. Try again.',
      cause,
    });
  }
}

/** The sessions do not find the tables: a pooler has dropped their settings, and the role has no search path. */
export class SearchPathError extends PostgresError {
  static of(expected: string, found: string): SearchPathError {
    return new SearchPathError({
      reason: 'WRONG_SEARCH_PATH',
      status: Status.FAILED_PRECONDITION,
      logLevel: 'fatal',
      message:
        `The search path of the database sessions is ${found}, not ${expected}: a pooler in between drops the ` +
        `settings of sessions. Give the app a role of its own with ALTER ROLE <role> IN DATABASE <database> ` +
        `SET search_path = ${expected}, and set postgres.direct_url to the server itself.`,
    });
  }
}

/**
 * The connection broke after COMMIT was sent and before the reply: the server may have committed
 * (`OUTCOME_UNKNOWN`). Not retryable without a look at the data.
 */
export class CommitUnknownError extends PostgresError {
  static because(cause: unknown): CommitUnknownError {
    return new CommitUnknownError({ ...outcomeUnknown('postgres', cause), retryable: false });
  }
}

/** The statements of a migration cannot be listed in advance, because it does more than send SQL. */
export class MigrationUnreadableError extends PostgresError {
  static of(name: string, member: string): MigrationUnreadableError {
    return new MigrationUnreadableError({
      reason: 'MIGRATION_UNREADABLE',
      status: Status.FAILED_PRECONDITION,
      logLevel: 'fatal',
      message: `Migration ${name} uses runner.${member}. Write plain SQL with runner.query, so that it can be read before it is run.`,
    });
  }
}

/** A migration or its rollback failed. The schema is as it was before, if the migration ran in a transaction. */
export class MigrationFailedError extends PostgresError {
  static of(
    { name, atomic }: { name: string; atomic: boolean },
    direction: 'up' | 'down',
    cause: unknown,
  ): MigrationFailedError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const state = atomic
      ? 'and was rolled back'
      : 'outside a transaction; part of it may stand (an index that is INVALID: DROP INDEX CONCURRENTLY)';
    return new MigrationFailedError({
      reason: 'MIGRATION_FAILED',
      status: Status.FAILED_PRECONDITION,
      logLevel: 'fatal',
      message: `Migration ${name} (${direction}) failed ${state}: ${reason}. Mend it and run it again.`,
      cause,
    });
  }

  static unknown(name: string): MigrationFailedError {
    return new MigrationFailedError({
      reason: 'MIGRATION_UNKNOWN',
      status: Status.FAILED_PRECONDITION,
      logLevel: 'fatal',
      message: `Migration ${name} has been run, but this build does not contain it. Roll back with the build that ran it.`,
    });
  }
}

/** A statement in the transaction failed, and the code continued as if it had succeeded. */
export class TransactionFailedError extends PostgresError {
  static create(cause?: unknown): TransactionFailedError {
    return new TransactionFailedError({
      reason: 'TRANSACTION_FAILED',
      status: Status.INTERNAL,
      message:
        'A statement failed, its error was swallowed, and nothing of the transaction took effect. ' +
        'Let the error pass, or run what may fail in a nested transaction.',
      cause,
    });
  }
}

/** The work belongs to a transaction that was rolled back in the meantime. None of it may take effect. */
export class TransactionUndoneError extends PostgresError {
  static create(): TransactionUndoneError {
    return new TransactionUndoneError({
      reason: 'TRANSACTION_UNDONE',
      status: Status.ABORTED,
      logLevel: 'warn',
      message:
        'The transaction of this work was rolled back before the work was done. Await all of it inside.',
    });
  }
}

import { AppError, Status } from '@app/errors';

export abstract class PostgresError extends AppError {}

/** No connection could be had, or it broke; nothing of the transaction took effect. */
export class PostgresUnavailableError extends PostgresError {
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
}

/** The connection broke during COMMIT: the server may have committed. Not retryable without looking. */
export class CommitUnknownError extends PostgresError {
  static because(cause: unknown): CommitUnknownError {
    return new CommitUnknownError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      message:
        'The database went away during the commit; the change may have taken effect. Read it back before you try again.',
      cause,
      details: { upstream: 'postgres' },
    });
  }
}

/** A migration, or taking it back, failed; the schema is as it was before that migration. */
export class MigrationFailedError extends PostgresError {
  static of(name: string, direction: 'up' | 'down', cause: unknown): MigrationFailedError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new MigrationFailedError({
      reason: 'MIGRATION_FAILED',
      status: Status.FAILED_PRECONDITION,
      logLevel: 'fatal',
      message: `Migration ${name} (${direction}) failed and was rolled back: ${reason}. Mend it and run it again.`,
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

/** The work belongs to a transaction that was rolled back in the meantime; none of it may take effect any more. */
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

import type { EntityManager, ObjectLiteral, Repository } from 'typeorm';
import type { EntityClass } from './data-source.js';
import type { SqlRow } from './entities-of.js';

export type IsolationLevel = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

/**
 * How a transaction inside another one works. `nested`: a savepoint of the open one, which can be rolled back
 * alone. `required`: joins the open one without a round trip; a statement that fails in it fails the whole
 * transaction.
 */
export type Propagation = 'nested' | 'required';

export interface TransactionOptions {
  /** @default 'nested' */
  propagation?: Propagation;
  /**
   * Applies when the transaction begins here; a nested one keeps the level of the outer one.
   *
   * @default `default_transaction_isolation` of the session, which is 'READ COMMITTED' unless a role or server sets it
   */
  isolation?: IsolationLevel;
  /**
   * How often the work is retried from its beginning after the server aborted the transaction in favour of others
   * (serialization failure, deadlock). Applies when the transaction begins here. @default 0
   */
  retries?: number;
}

/**
 * Transactions that travel with the context: all code called inside `run` works in the same transaction, without a
 * parameter for it. No statement outlives the deadline of its context or the caller.
 *
 * @publicApi
 */
export abstract class TransactionHost {
  /** Whether the current context has an open transaction. */
  abstract readonly isOpen: boolean;

  /** The manager of the open transaction; without one, the manager of the pool. */
  abstract readonly manager: EntityManager;

  /** The repository of an entity. Its statements are part of the open transaction: get it again in each method. */
  abstract repository<E extends ObjectLiteral>(entity: EntityClass<E>): Repository<E>;

  /**
   * Maps rows to entities: the rows of `query`, and the `raw` rows of a RETURNING, which TypeORM does not map.
   * Columns with `select: false` are omitted.
   */
  abstract entities<E extends ObjectLiteral>(entity: EntityClass<E>, rows: readonly SqlRow[]): E[];

  /**
   * Runs `work` in a transaction. It begins here and commits when `work` resolves, or it runs inside the open one
   * as `propagation` says.
   *
   * @throws PostgresUnavailableError when the database is unavailable; nothing took effect
   * @throws CommitUnknownError when the connection broke during the commit
   * @throws TransactionConflictError when the server aborted it in favour of others, after the last of `retries`
   * @throws DeadlineExceededError, CancelledError when the context ended before the commit; nothing took effect
   */
  abstract run<T>(work: () => Promise<T>, options?: TransactionOptions): Promise<T>;

  /**
   * Calls `hook` once the outermost open transaction has committed, or at once when none is open. It is never
   * called when that transaction, or the nested one that registered it, is rolled back. `run` awaits the hook. An
   * error of the hook is logged, because the commit is final.
   */
  abstract afterCommit(hook: () => Promise<void> | void): void;

  /**
   * Returns the rows of a statement, also of an UPDATE or DELETE with RETURNING.
   *
   * @throws PostgresUnavailableError when the database is unavailable
   * @throws DeadlineExceededError, CancelledError when the context ended first
   */
  abstract query<T = SqlRow>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;

  /**
   * Returns the rows of a SELECT that may be slightly behind: from a replica, or from the primary when no replica
   * is available. Inside a transaction it runs there, and reads what the transaction wrote.
   */
  abstract read<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

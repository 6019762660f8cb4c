import type { EntityManager, ObjectLiteral, Repository } from 'typeorm';
import type { EntityClass } from './data-source.js';
import type { SqlRow } from './entities-of.js';

export type IsolationLevel = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

/**
 * What becomes of a transaction inside another: `nested` is a savepoint of the open one, which can be undone
 * alone; `required` joins the open one, without a round trip, and a statement that fails in it fails the whole.
 */
export type Propagation = 'nested' | 'required';

export interface TransactionOptions {
  /** @default 'nested' */
  propagation?: Propagation;
  /** Applies when the transaction begins here; inside another that one's level holds. @default 'READ COMMITTED' */
  isolation?: IsolationLevel;
  /**
   * How often the work is done again, from its beginning, when the transaction was given up in favour of others
   * (serialization failure, deadlock). Applies when the transaction begins here. @default 0
   */
  retries?: number;
}

/**
 * Transactions that travel with the context: whoever is called inside `run` works in the same transaction
 * without being handed anything. No statement outlives the context's deadline or its caller.
 *
 * @publicApi
 */
export abstract class TransactionHost {
  /** Whether a transaction is open here. */
  abstract readonly isOpen: boolean;

  /** The manager of the open transaction, else the pool's. */
  abstract readonly manager: EntityManager;

  /** The repository of an entity, whose statements are part of the open transaction. Ask for it in each method. */
  abstract repository<E extends ObjectLiteral>(entity: EntityClass<E>): Repository<E>;

  /**
   * Maps rows to entities: those of `query`, and the `raw` rows of a RETURNING, which TypeORM does not map. Columns
   * with `select: false` are left out.
   */
  abstract entities<E extends ObjectLiteral>(entity: EntityClass<E>, rows: readonly SqlRow[]): E[];

  /**
   * Runs `work` in a transaction that begins here and commits when `work` resolves, or inside the open one as
   * `propagation` says.
   *
   * @throws PostgresUnavailableError when the database is unavailable; nothing took effect
   * @throws CommitUnknownError when it went away during the commit
   * @throws TransactionConflictError when it was given up in favour of others, after the last of `retries`
   * @throws DeadlineExceededError, CancelledError when the context ended before the commit; nothing took effect
   */
  abstract run<T>(work: () => Promise<T>, options?: TransactionOptions): Promise<T>;

  /**
   * Calls `hook` once the outermost open transaction has committed, never when it, or the nested one that asked,
   * is rolled back; at once when none is open. `run` awaits it; what it throws is logged, since the commit stands.
   */
  abstract afterCommit(hook: () => Promise<void> | void): void;

  /**
   * The rows of a statement, also of an UPDATE or DELETE with RETURNING.
   *
   * @throws PostgresUnavailableError when the database is unavailable
   * @throws DeadlineExceededError, CancelledError when the context ended first
   */
  abstract query<T = SqlRow>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;

  /**
   * The rows of a SELECT that may be a little behind: from a replica, or from the primary when no replica is
   * there. Inside a transaction it is part of that, and sees what it wrote.
   */
  abstract read<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

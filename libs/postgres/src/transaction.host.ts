import type { EntityManager } from 'typeorm';

export type IsolationLevel = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

export interface TransactionOptions {
  /** Applies when the transaction begins here; joining an open one leaves that one's level. @default 'READ COMMITTED' */
  isolation?: IsolationLevel;
}

/**
 * Transactions that travel with the context: whoever is called inside `run` works in the same transaction
 * without being handed anything.
 *
 * @publicApi
 */
export abstract class TransactionHost {
  /** Whether a transaction is open here. */
  abstract readonly isOpen: boolean;

  /** The manager of the open transaction, else the pool's. */
  abstract readonly manager: EntityManager;

  /**
   * Runs `work` in the open transaction, or in one that begins here and commits when `work` resolves.
   *
   * @throws PostgresUnavailableError when the database is away; nothing took effect
   * @throws CommitUnknownError when it went away during the commit
   */
  abstract run<T>(work: () => Promise<T>, options?: TransactionOptions): Promise<T>;

  /**
   * Calls `hook` once the open transaction has committed, never when it is rolled back; at once when none is
   * open. `run` awaits it; what it throws is logged, since the commit stands.
   */
  abstract afterCommit(hook: () => Promise<void> | void): void;

  /**
   * The rows of a statement, also of an UPDATE or DELETE with RETURNING.
   *
   * @throws PostgresUnavailableError when the database is away
   */
  abstract query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

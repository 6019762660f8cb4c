export interface AdvisoryLockOptions {
  /** How long to wait while others hold it, in milliseconds. @default 5000 */
  wait?: number;
}

/** @publicApi */
export abstract class AdvisoryLocks {
  /**
   * Runs `work` in a transaction, the open one or one of its own, that holds an advisory lock of the database until it
   * ends. For short critical sections on one database: a connection is held throughout, and when it is lost, the
   * transaction is undone with the lock. Names are hashed: two may meet, and then wait for each other needlessly.
   *
   * @throws LockBusyError when others held it for the whole wait; the open transaction is of no use then
   * @throws PostgresUnavailableError
   */
  abstract withLock<T>(name: string, options: AdvisoryLockOptions, work: () => Promise<T>): Promise<T>;
}

import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { type CommitHook, OpenTransaction } from './open-transaction.js';
import { CommitUnknownError, PostgresUnavailableError } from './postgres.errors.js';
import { TransactionHost, type TransactionOptions } from './transaction.host.js';
import { isConnectionFailure, translateError } from './translate-error.js';

@Injectable()
export class TypeOrmTransactionHost extends TransactionHost {
  private readonly logger = new Logger(TransactionHost.name);

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  get isOpen(): boolean {
    return OpenTransaction.current() !== undefined;
  }

  get manager(): EntityManager {
    return OpenTransaction.current()?.runner.manager ?? this.dataSource.manager;
  }

  async run<T>(work: () => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.isOpen) return work();
    const runner = this.dataSource.createQueryRunner();
    const transaction = new OpenTransaction(runner);
    let result: T;
    try {
      result = await this.attempt(transaction, work, options);
      transaction.end('committed');
      await commit(runner);
    } catch (error) {
      transaction.end('undone');
      throw await this.rolledBack(runner, error);
    } finally {
      await runner.release();
    }
    for (const hook of transaction.hooks) await this.call(hook);
    return result;
  }

  afterCommit(hook: CommitHook): void {
    const transaction = OpenTransaction.current();
    if (transaction) transaction.hooks.push(hook);
    else void this.call(hook);
  }

  async query<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const open = OpenTransaction.current()?.runner;
    const runner = open ?? this.dataSource.createQueryRunner();
    try {
      const { records } = await runner.query(sql, [...parameters], true);
      return (records ?? []) as T[];
    } catch (error) {
      throw translateError(error);
    } finally {
      if (runner !== open) await runner.release();
    }
  }

  private async attempt<T>(
    transaction: OpenTransaction,
    work: () => Promise<T>,
    { isolation }: TransactionOptions,
  ): Promise<T> {
    await transaction.runner.startTransaction(isolation);
    return transaction.enter(work);
  }

  /** Undoes what was done and tells what the failure means. */
  private async rolledBack(runner: QueryRunner, error: unknown): Promise<unknown> {
    if (error instanceof CommitUnknownError) return error;
    // TypeORM releases the connection by itself when it breaks; whatever was thrown then follows from that.
    if (runner.isReleased) return PostgresUnavailableError.because(error);
    if (runner.isTransactionActive) await this.rollback(runner);
    return translateError(error);
  }

  private async rollback(runner: QueryRunner): Promise<void> {
    try {
      await runner.rollbackTransaction();
    } catch (error) {
      // The server undoes it when the session ends; the first error is the one that matters.
      this.logger.debug({ err: error }, 'rollback failed');
    }
  }

  private async call(hook: CommitHook): Promise<void> {
    try {
      await hook();
    } catch (error) {
      this.logger.error({ err: error }, 'what was to follow a commit failed; the commit stands');
    }
  }
}

async function commit(runner: QueryRunner): Promise<void> {
  try {
    await runner.commitTransaction();
  } catch (error) {
    if (isConnectionFailure(error)) throw CommitUnknownError.because(error);
    throw error;
  }
}

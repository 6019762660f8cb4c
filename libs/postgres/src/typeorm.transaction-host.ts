import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@app/errors';
import { Injectable, Logger } from '@nestjs/common';
import {
  DataSource,
  type EntityManager,
  type ObjectLiteral,
  type QueryRunner,
  type Repository,
} from 'typeorm';
import type { EntityClass } from './data-source.js';
import { entitiesOf, type SqlRow } from './entities-of.js';
import { type CommitHook, OpenTransaction } from './open-transaction.js';
import { CommitUnknownError, PostgresUnavailableError, TransactionConflictError } from './postgres.errors.js';
import { Replicas } from './replicas/replicas.js';
import { TransactionHost, type TransactionOptions } from './transaction.host.js';
import { translateError } from './translate-error.js';

/** Bounds of the pause before a transaction is retried, in milliseconds. */
const FIRST_PAUSE = 10;
const MAX_PAUSE = 500;

@Injectable()
export class TypeOrmTransactionHost extends TransactionHost {
  private readonly logger = new Logger(TransactionHost.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly replicas: Replicas,
  ) {
    super();
  }

  get isOpen(): boolean {
    return OpenTransaction.current() !== undefined;
  }

  get manager(): EntityManager {
    return OpenTransaction.current()?.runner.manager ?? this.dataSource.manager;
  }

  repository<E extends ObjectLiteral>(entity: EntityClass<E>): Repository<E> {
    return this.manager.getRepository(entity);
  }

  entities<E extends ObjectLiteral>(entity: EntityClass<E>, rows: readonly SqlRow[]): E[] {
    return entitiesOf(this.dataSource.getMetadata(entity), rows) as E[];
  }

  async run<T>(work: () => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const open = OpenTransaction.current();
    if (!open) return this.begin(work, options);
    return options.propagation === 'required' ? work() : open.nest(() => this.savepoint(open, work));
  }

  afterCommit(hook: CommitHook): void {
    const transaction = OpenTransaction.current();
    if (transaction) transaction.hooks.push(hook);
    else void this.call(hook);
  }

  async query<T = SqlRow>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const open = OpenTransaction.current()?.runner;
    const runner = open ?? this.dataSource.createQueryRunner();
    try {
      const { records } = await runner.query(sql, [...parameters], true);
      return (records ?? []) as T[];
    } finally {
      if (runner !== open) await runner.release();
    }
  }

  async read<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const rows = this.isOpen ? undefined : await this.replicas.query<T>(sql, parameters);
    return rows ?? this.query(sql, parameters);
  }

  private async begin<T>(work: () => Promise<T>, { isolation, retries = 0 }: TransactionOptions): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.transaction(work, isolation);
      } catch (error) {
        if (!(error instanceof TransactionConflictError) || attempt >= retries) throw error;
        await delay(Math.random() * Math.min(FIRST_PAUSE * 2 ** attempt, MAX_PAUSE));
      }
    }
  }

  private async transaction<T>(
    work: () => Promise<T>,
    isolation: TransactionOptions['isolation'],
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const transaction = new OpenTransaction(runner);
    let result: T;
    try {
      await runner.startTransaction(isolation);
      result = await transaction.enter(work);
      transaction.end('committed');
      await runner.commitTransaction();
    } catch (error) {
      transaction.end('undone');
      throw await this.rolledBack(runner, error);
    } finally {
      await runner.release();
    }
    for (const hook of transaction.hooks) await this.call(hook);
    return result;
  }

  private async savepoint<T>(outer: OpenTransaction, work: () => Promise<T>): Promise<T> {
    const { runner } = outer;
    const transaction = new OpenTransaction(runner, outer);
    await runner.startTransaction();
    let result: T;
    try {
      result = await transaction.enter(work);
      transaction.end('committed');
      await runner.commitTransaction();
    } catch (error) {
      transaction.end('undone');
      throw await this.rolledBack(runner, error);
    }
    outer.hooks.push(...transaction.hooks);
    return result;
  }

  /** Rolls back to the innermost savepoint, or the whole transaction, and returns the translated failure. */
  private async rolledBack(runner: QueryRunner, error: unknown): Promise<unknown> {
    if (error instanceof CommitUnknownError) return error;
    if (runner.isTransactionActive && !runner.isReleased) await this.rollback(runner);
    const meaning = translateError(error);
    // TypeORM releases the connection by itself when it breaks. The error that was thrown then is a consequence.
    const broken = runner.isReleased && !(meaning instanceof AppError);
    return broken ? PostgresUnavailableError.because(error) : meaning;
  }

  private async rollback(runner: QueryRunner): Promise<void> {
    try {
      await runner.rollbackTransaction();
    } catch (error) {
      // The server rolls back when the session ends. The first error is the one that matters.
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

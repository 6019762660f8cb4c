import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { DataSource, type Migration as Known, type QueryRunner } from 'typeorm';
import type { CollectedFeatures } from '../collect-features.js';
import { dataSourceOptions } from '../data-source.js';
import { MigrationLedger } from './migration.ledger.js';
import { lintMigration, type MigrationFinding } from './migration.lint.js';
import { type MigrationScript, scriptOf } from './migration.script.js';
import { withoutSchema } from './sql-statements.js';
import type { PostgresConfig } from '../postgres.config.js';
import { MigrationFailedError } from '../postgres.errors.js';
import { translateError } from '../translate-error.js';

/** A migration that has not run yet, and what it would do. @publicApi */
export interface PlannedMigration extends MigrationScript {
  /** Its statements that would break running pods. */
  findings: readonly MigrationFinding[];
}

const LOCK_POLL_MS = 100;

/** A migration has no time limit, and neither has the wait for another process. */
const UNHURRIED = { poolSize: 2, statementTimeout: 0, idleInTransactionTimeout: 0 };

/**
 * Migrates the schema of one app. Any number of processes may do so at once. The session that migrates holds an
 * advisory lock of the schema, so that the lock cannot be lost while the work goes on.
 *
 * @publicApi
 */
export class Migrator {
  private readonly logger = new Logger(Migrator.name);
  private readonly schema: string;
  private readonly session: PostgresConfig;

  constructor(
    config: PostgresConfig,
    private readonly features: CollectedFeatures,
  ) {
    this.schema = config.schema;
    const { url, directUrl = url } = config;
    this.session = { ...config, url: directUrl, directUrl: undefined, ...UNHURRIED };
  }

  /**
   * Runs the migrations that have not run yet, by timestamp, each in a transaction of its own.
   *
   * @returns the names of the migrations that ran
   * @throws MigrationFailedError the migrations before it are applied; it and those after it are not
   */
  async migrate(): Promise<string[]> {
    return this.exclusively(async (ledger, runner) => {
      const pending = await ledger.getPendingMigrations();
      for (const migration of pending) {
        await this.apply(runner, migration, 'up', () => ledger.insertMigration(migration));
      }
      if (pending.length === 0) this.logger.log(`${this.schema} is up to date`);
      return pending.map(({ name }) => name);
    });
  }

  /**
   * Reverts the migration that ran last.
   *
   * @returns its name; undefined when none has run
   */
  async rollback(): Promise<string | undefined> {
    return this.exclusively(async (ledger, runner) => {
      const [last] = await ledger.getExecutedMigrations();
      if (!last) {
        this.logger.log(`${this.schema} has no migration to take back`);
        return undefined;
      }
      const migration = ledger.known().find(({ name }) => name === last.name);
      if (!migration) throw MigrationFailedError.unknown(last.name);
      await this.apply(runner, migration, 'down', () => ledger.deleteMigration(migration));
      return migration.name;
    });
  }

  /**
   * Lists what `migrate` would run, by timestamp. Reads from the database which migrations have run; changes and
   * locks nothing.
   *
   * @throws MigrationUnreadableError when a migration is not plain SQL
   */
  async plan(): Promise<PlannedMigration[]> {
    const pending = await this.connected((dataSource) =>
      new MigrationLedger(dataSource).pending(this.schema),
    );
    const scripts = await Promise.all(
      pending.flatMap(({ name, instance }) => (instance ? [scriptOf(name, instance)] : [])),
    );
    return scripts.map((script) => ({ ...script, findings: lintMigration(script) }));
  }

  /**
   * The statements that would change the tables to what the entities declare, and those that would undo that. None
   * names the schema, which comes from the search path of the session that runs them. Tables without an entity are
   * not compared.
   */
  async difference(): Promise<{ up: string[]; down: string[] }> {
    return this.connected(async (dataSource) => {
      const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
      // TypeORM writes the schema in DROP INDEX, in ALTER INDEX and before enums.
      const bare = ({ query }: { query: string }) => withoutSchema(query, this.schema);
      return { up: upQueries.map(bare), down: downQueries.map(bare).reverse() };
    });
  }

  private async apply(
    runner: QueryRunner,
    migration: Known,
    direction: 'up' | 'down',
    record: () => Promise<void>,
  ): Promise<void> {
    const { name, instance } = migration;
    const started = performance.now();
    const atomic = instance?.transaction !== false;
    try {
      if (atomic) await runner.startTransaction();
      await instance?.[direction](runner);
      await record();
      if (atomic) await runner.commitTransaction();
    } catch (error) {
      if (runner.isTransactionActive && !runner.isReleased) await runner.rollbackTransaction();
      throw MigrationFailedError.of({ name, atomic }, direction, error);
    }
    const verb = direction === 'up' ? 'ran' : 'took back';
    this.logger.log(
      { migration: name, duration_ms: Math.round(performance.now() - started) },
      `${verb} ${name} in ${this.schema}`,
    );
  }

  private async exclusively<T>(
    work: (ledger: MigrationLedger, runner: QueryRunner) => Promise<T>,
  ): Promise<T> {
    return this.connected(async (dataSource) => {
      const runner = dataSource.createQueryRunner();
      try {
        await this.lock(runner);
        await this.createSchema(runner);
        const ledger = new MigrationLedger(dataSource, runner);
        await ledger.prepare();
        return await work(ledger, runner);
      } finally {
        // The session ends with the data source, and the lock with the session.
        await runner.release();
      }
    });
  }

  /** Checks first: when the schema exists, the role needs no right to create one. */
  private async createSchema(runner: QueryRunner): Promise<void> {
    const found = (await runner.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [
      this.schema,
    ])) as unknown[];
    if (found.length === 0) await runner.query(`CREATE SCHEMA "${this.schema}"`);
  }

  /**
   * Polls, because a statement that waits for the lock would hold a snapshot, and CREATE INDEX CONCURRENTLY waits
   * for that snapshot.
   */
  private async lock(runner: QueryRunner): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const sql = 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken';
      const [lock] = (await runner.query(sql, [`migrations of ${this.schema}`])) as { taken: boolean }[];
      if (lock?.taken) return;
      if (attempt === 1) this.logger.log(`another process migrates ${this.schema}; waiting for it`);
      await delay(LOCK_POLL_MS);
    }
  }

  private async connected<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
    const { entities, migrations } = this.features;
    const dataSource = new DataSource({
      ...dataSourceOptions(this.session),
      schema: this.schema,
      entities: [...entities],
      migrations: [...migrations],
    } as ConstructorParameters<typeof DataSource>[0]);
    try {
      await dataSource.initialize();
      return await work(dataSource);
    } catch (error) {
      throw translateError(error);
    } finally {
      if (dataSource.isInitialized) await dataSource.destroy();
    }
  }
}

import { randomBytes } from 'node:crypto';
import { collectDefinitions, ConfigStore, type ConfigDefinition, loadConfig } from '@app/config';
import { lifecycleConfig } from '@app/lifecycle';
import { loggingConfig } from '@app/logging';
import { type PostgresConfig, postgresConfig } from '@app/postgres';
import { type INestApplicationContext, Module, type ModuleMetadata } from '@nestjs/common';
import pg from 'pg';
import { onPlatform } from '../apps/platform.js';

/** The parts of a test's app. */
export interface ScratchAppOptions {
  imports: NonNullable<ModuleMetadata['imports']>;
  providers?: ModuleMetadata['providers'];
  /** Values of sections beside `postgres`, `lifecycle` and `messaging`. */
  config?: readonly (readonly [ConfigDefinition, unknown])[];
  /** Overrides the settings of the test stack. */
  postgres?: Partial<PostgresConfig>;
}

/** A private schema on the PostgreSQL of the test stack, with apps on it. `drop` closes and removes everything. */
export class ScratchPostgres {
  readonly schema = `scratch_${randomBytes(6).toString('hex')}`;
  private readonly apps: INestApplicationContext[] = [];
  private readonly locks = new Set<pg.Client>();

  private constructor(private readonly store: ConfigStore) {}

  static async create(): Promise<ScratchPostgres> {
    const definitions = [postgresConfig, lifecycleConfig, loggingConfig];
    const environment = { ...process.env, APP_ENV: 'test' };
    const scratch = new ScratchPostgres(await loadConfig({ app: 'grpc-server', definitions, environment }));
    await scratch.execute(`CREATE SCHEMA ${scratch.schema}`);
    return scratch;
  }

  /** The settings of the test stack with this schema. */
  get config(): PostgresConfig {
    return { ...this.store.handle(postgresConfig).current, schema: this.schema };
  }

  /** Starts an app on the platform modules of `bootstrap`. */
  async start({
    imports,
    providers = [],
    config = [],
    postgres = {},
  }: ScratchAppOptions): Promise<INestApplicationContext> {
    @Module({ imports })
    class Subject {}
    const messaging = (await collectDefinitions(Subject)).filter(({ section }) => section === 'messaging');
    const store = ConfigStore.of([
      [lifecycleConfig, this.store.handle(lifecycleConfig).current],
      [postgresConfig, { ...this.config, ...postgres }],
      ...messaging.map((definition) => [definition, definition.schema.parse({})] as const),
      ...config,
    ]);
    const module = await onPlatform(store, { imports, providers }).compile();
    module.useLogger(false);
    this.apps.push(module);
    await module.init();
    return module;
  }

  /** Deletes all rows, table by table. TRUNCATE could deadlock with the locks of an app. */
  async empty(...tables: readonly string[]): Promise<void> {
    for (const table of tables) await this.execute(`DELETE FROM ${table}`);
  }

  /** Runs SQL from outside the apps, in this schema. */
  async execute<T extends pg.QueryResultRow>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const client = new pg.Client({
      connectionString: this.config.url.href,
      options: `-c search_path=${this.schema}`,
    });
    await client.connect();
    try {
      return (await client.query<T>(sql, [...parameters])).rows;
    } finally {
      await client.end();
    }
  }

  /** Locks the table against writes until the returned function is called. So a test controls how long work takes. */
  async lock(table: string): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: this.config.url.href });
    await client.connect();
    await client.query(`BEGIN; LOCK TABLE ${this.schema}.${table} IN EXCLUSIVE MODE`);
    this.locks.add(client);
    return async () => {
      this.locks.delete(client);
      await client.end();
    };
  }

  /** The number of sessions that wait for the table. */
  async waitingFor(table: string): Promise<number> {
    const sql = `SELECT FROM pg_locks WHERE NOT granted AND relation = '${this.schema}.${table}'::regclass`;
    return (await this.execute(sql)).length;
  }

  async drop(): Promise<void> {
    await Promise.all([...this.locks].map((client) => client.end()));
    await Promise.all(this.apps.map((app) => app.close()));
    await this.execute(`DROP SCHEMA ${this.schema} CASCADE`);
  }
}

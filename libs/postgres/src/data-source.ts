import type { Type } from '@nestjs/common';
import pg from 'pg';
import {
  DataSource,
  type DataSourceOptions,
  type EntitySchema,
  type MigrationInterface,
  type ObjectLiteral,
  type QueryRunner,
  type ReplicationMode,
} from 'typeorm';
import type { PostgresConfig } from './postgres.config.js';
import { OpenSessions } from './session/open-sessions.js';
import { type QueryObserver, SessionClient } from './session/session.client.js';
import { PrimaryPool } from './session/primary-pool.js';
import type { SessionPoolConfig } from './session/session.pool.js';
import { sessionOptions } from './session/session.settings.js';
import { SqlLogger } from './sql.logger.js';
import { translateError } from './translate-error.js';

/** A class or schema that TypeORM maps to a table. */
export type Entity = Type | EntitySchema;
/** What names an entity to the host: its class, or its schema. */
export type EntityClass<E extends ObjectLiteral> = Type<E> | EntitySchema<E>;
export type Migration = Type<MigrationInterface>;

/** What of an app takes part in its sessions. */
export interface DataSourceParts {
  /** @default only sends */
  observe?: QueryObserver;
  /** @default of nobody else */
  sessions?: OpenSessions;
  /** Gets the pool that TypeORM creates. @default nobody gets it */
  pool?: PrimaryPool;
  /** @default nothing */
  onFailure?: SessionPoolConfig['onFailure'];
}

/** TypeORM's options from our configuration; it creates and changes no table by itself. */
export function dataSourceOptions(
  config: PostgresConfig,
  {
    observe = (_sql, send) => send(),
    sessions = new OpenSessions(),
    pool = new PrimaryPool(),
    onFailure,
  }: DataSourceParts = {},
): DataSourceOptions {
  return {
    type: 'postgres',
    url: config.url.href,
    poolSize: config.poolSize,
    connectTimeoutMS: config.acquireTimeout,
    applicationName: config.schema,
    installExtensions: false,
    synchronize: false,
    logger: new SqlLogger(),
    // The pool reports lost connections itself.
    poolErrorHandler: () => undefined,
    driver: { Pool: pool.poolClass, defaults: pg.defaults },
    extra: {
      Client: SessionClient.for(config, observe, sessions),
      options: sessionOptions(config),
      keepAlive: true,
      onFailure,
    },
  };
}

/** TypeORM's data source, whose failures are ours however a statement gets to it, and which may be closed twice. */
export class SharedDataSource extends DataSource {
  private closing: Promise<void> | undefined;

  override createQueryRunner(mode?: ReplicationMode): QueryRunner {
    const runner = super.createQueryRunner(mode);
    const query = runner.query.bind(runner);
    runner.query = (...parameters: unknown[]) =>
      (query as (...all: unknown[]) => Promise<never>)(...parameters).catch((error: unknown) => {
        throw translateError(error);
      });
    return runner;
  }

  /** Both Nest's module and ours close the pool, in an order that is Nest's affair: the second waits for the first. */
  override destroy(): Promise<void> {
    this.closing ??= super.destroy().finally(() => (this.closing = undefined));
    return this.closing;
  }
}

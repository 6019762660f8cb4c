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
/** Identifies an entity: its class, or its schema. */
export type EntityClass<E extends ObjectLiteral> = Type<E> | EntitySchema<E>;
export type Migration = Type<MigrationInterface>;

/** Parts of an app that work on its sessions. */
export interface DataSourceParts {
  /** @default sends the statement, and nothing else */
  observe?: QueryObserver;
  /** @default a set of its own */
  sessions?: OpenSessions;
  /** Receives the pool that TypeORM creates. @default one that nobody reads */
  pool?: PrimaryPool;
  /** @default nothing */
  onFailure?: SessionPoolConfig['onFailure'];
}

/** TypeORM's options, made from our configuration. TypeORM never creates or changes a table by itself. */
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

/**
 * TypeORM's data source. Every statement fails with our errors, on whatever path it was sent. `destroy` may be
 * called twice.
 */
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

  /** Both Nest's module and ours close the pool, in an order that Nest chooses. The second call waits for the first. */
  override destroy(): Promise<void> {
    this.closing ??= super.destroy().finally(() => (this.closing = undefined));
    return this.closing;
  }
}

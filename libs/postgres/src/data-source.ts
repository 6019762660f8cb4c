import type { Type } from '@nestjs/common';
import pg from 'pg';
import {
  DataSource,
  type DataSourceOptions,
  type EntitySchema,
  type MigrationInterface,
  type QueryRunner,
  type ReplicationMode,
} from 'typeorm';
import type { PostgresConfig } from './postgres.config.js';
import { OpenSessions } from './session/open-sessions.js';
import { type QueryObserver, SessionClient } from './session/session.client.js';
import { SessionPool, type SessionPoolConfig } from './session/session.pool.js';
import { sessionOptions } from './session/session.settings.js';
import { SqlLogger } from './sql.logger.js';
import { translateError } from './translate-error.js';

/** A class or schema that TypeORM maps to a table. */
export type Entity = Type | EntitySchema;
export type Migration = Type<MigrationInterface>;

/** TypeORM's options from our configuration; it creates and changes no table by itself. */
export function dataSourceOptions(
  config: PostgresConfig,
  observe: QueryObserver = (_sql, send) => send(),
  open = new OpenSessions(),
  onFailure: SessionPoolConfig['onFailure'] = () => undefined,
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
    driver: { Pool: SessionPool, defaults: pg.defaults },
    extra: {
      Client: SessionClient.for(config, observe, open),
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

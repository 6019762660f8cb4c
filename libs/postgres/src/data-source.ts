import { DataSource, type DataSourceOptions, type EntitySchema, type MigrationInterface } from 'typeorm';
import type { Type } from '@nestjs/common';
import type { PostgresConfig } from './postgres.config.js';
import { type QueryObserver, sessionClient, sessionOptions } from './session.client.js';
import { SqlLogger } from './sql.logger.js';

/** A class or schema that TypeORM maps to a table. */
export type Entity = Type | EntitySchema;
export type Migration = Type<MigrationInterface>;

/** TypeORM's options from our configuration; it creates and changes no table by itself. */
export function dataSourceOptions(
  config: PostgresConfig,
  observe: QueryObserver = (_sql, send) => send(),
): DataSourceOptions {
  const logger = new SqlLogger();
  return {
    type: 'postgres',
    url: config.url.href,
    poolSize: config.poolSize,
    connectTimeoutMS: config.acquireTimeout,
    applicationName: config.schema,
    installExtensions: false,
    synchronize: false,
    ...(config.slowQuery !== undefined && { maxQueryExecutionTime: config.slowQuery }),
    logger,
    poolErrorHandler: (error: Error) => logger.idleConnectionLost(error),
    extra: { Client: sessionClient(config, observe), options: sessionOptions(config), keepAlive: true },
  };
}

/** Both Nest's module and ours close the pool, in an order that is Nest's affair: the second waits for the first. */
export class SharedDataSource extends DataSource {
  private closing: Promise<void> | undefined;

  override destroy(): Promise<void> {
    this.closing ??= super.destroy().finally(() => (this.closing = undefined));
    return this.closing;
  }
}

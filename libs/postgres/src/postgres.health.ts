import { type ConfigHandle, InjectConfig } from '@app/config';
import { type LifecycleConfig, lifecycleConfig } from '@app/lifecycle';
import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { type PostgresConfig, postgresConfig } from './postgres.config.js';

/**
 * Asks the database whether it answers, on a connection of its own: a pool that is busy says nothing about
 * the server, and a check must not wait behind work.
 */
@Injectable()
export class PostgresHealth {
  private readonly pool: pg.Pool;

  constructor(
    @InjectConfig(postgresConfig) postgres: ConfigHandle<PostgresConfig>,
    @InjectConfig(lifecycleConfig) lifecycle: ConfigHandle<LifecycleConfig>,
  ) {
    const { url, schema } = postgres.current;
    const { checkTimeout } = lifecycle.current;
    this.pool = new pg.Pool({
      connectionString: url.href,
      application_name: `${schema}/health`,
      max: 1,
      connectionTimeoutMillis: checkTimeout,
      query_timeout: checkTimeout,
      keepAlive: true,
    });
    // The pool drops a lost connection by itself; the next check tells whether another can be had.
    this.pool.on('error', () => undefined);
  }

  async check(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

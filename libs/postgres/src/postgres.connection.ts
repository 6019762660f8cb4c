import { setTimeout as delay } from 'node:timers/promises';
import { type ConfigHandle, InjectConfig } from '@app/config';
import { ShuttingDownError } from '@app/errors';
import { Lifecycle, type LifecycleConfig, lifecycleConfig, Readiness } from '@app/lifecycle';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type PostgresConfig, postgresConfig } from './postgres.config.js';
import { PostgresUnavailableError, SearchPathError } from './postgres.errors.js';
import { PostgresHealth } from './postgres.health.js';
import { OpenSessions } from './session/open-sessions.js';
import { PrimaryPool } from './session/primary-pool.js';
import { isConnectionFailure } from './translate-error.js';

/** Pauses between attempts at the start; milliseconds. */
const FIRST_PAUSE = 100;
const MAX_PAUSE = 2_000;

/** An error of `pg` or of the socket. An error that covers several addresses has a code and no message. */
type ConnectionFailure = Error & { code?: string };

/** Opens the pool before the rest of the app starts, and closes it after the rest has stopped. */
@Injectable()
export class PostgresConnection implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly health: PostgresHealth,
    private readonly lifecycle: Lifecycle,
    private readonly readiness: Readiness,
    private readonly sessions: OpenSessions,
    private readonly pool: PrimaryPool,
    @InjectConfig(postgresConfig) private readonly config: ConfigHandle<PostgresConfig>,
    @InjectConfig(lifecycleConfig) private readonly lifecycleSettings: ConfigHandle<LifecycleConfig>,
  ) {}

  async onModuleInit(): Promise<void> {
    this.lifecycle.register({
      name: 'postgres',
      giveUp: () => this.sessions.giveUp(),
      close: () => this.close(),
    });
    const subject = `PostgreSQL at ${this.config.current.url.host}`;
    this.readiness.register({ name: 'postgres', subject, needed: true, check: () => this.health.check() });
    const dependency = this.readiness.dependency('postgres');
    const first = dependency.connection('first connection');
    await this.open((failure) => first.lost(failure));
    first.back();
    this.pool.current?.reportTo(dependency);
  }

  /** Retries until the database answers. A wrong password, a missing database or a wrong search path is final. */
  private async open(failed: (failure: ConnectionFailure) => void): Promise<void> {
    const started = performance.now();
    const { startTimeout } = this.lifecycleSettings.current;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, MAX_PAUSE)) {
      const failure = await this.attempt();
      if (failure === undefined) return this.checkSearchPath();
      const waited = performance.now() - started;
      if (this.lifecycle.stopping) throw ShuttingDownError.create();
      if (waited + pause > startTimeout) throw PostgresUnavailableError.because(failure);
      failed(failure);
      await delay(pause * (0.5 + Math.random() / 2));
    }
  }

  private async attempt(): Promise<ConnectionFailure | undefined> {
    try {
      await this.dataSource.initialize();
      return undefined;
    } catch (error) {
      if (error instanceof PostgresUnavailableError || isConnectionFailure(error))
        return error as ConnectionFailure;
      throw error;
    }
  }

  /** A pooler may drop the settings of our sessions. Then no statement would find its table. */
  private async checkSearchPath(): Promise<void> {
    const { schema } = this.config.current;
    const sql = "SELECT current_setting('search_path') AS path";
    const [found] = await this.dataSource.query<{ path: string }[]>(sql);
    const [first = ''] = found?.path.split(',') ?? [];
    if (first.trim().replaceAll('"', '') !== schema) throw SearchPathError.of(schema, found?.path || 'empty');
  }

  private async close(): Promise<void> {
    await Promise.all([this.health.close(), this.dataSource.isInitialized && this.dataSource.destroy()]);
  }
}

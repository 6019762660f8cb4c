import { type ConfigHandle, InjectConfig } from '@app/config';
import { Lifecycle, type LifecycleConfig, lifecycleConfig, Readiness } from '@app/lifecycle';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type PostgresConfig, postgresConfig } from '../postgres.config.js';
import { QueryMetrics } from '../query.metrics.js';
import { OpenSessions } from '../session/open-sessions.js';
import { SessionClient } from '../session/session.client.js';
import { SessionPool } from '../session/session.pool.js';
import { sessionOptions } from '../session/session.settings.js';
import { Replica } from './replica.js';

/** The replicas of `postgres.replicas`, used in turn. One that is unavailable is skipped until it answers again. */
@Injectable()
export class Replicas implements OnModuleInit {
  private readonly all: Replica[] = [];
  private turn = 0;

  constructor(
    @InjectConfig(postgresConfig) private readonly config: ConfigHandle<PostgresConfig>,
    @InjectConfig(lifecycleConfig) private readonly lifecycleSettings: ConfigHandle<LifecycleConfig>,
    private readonly metrics: QueryMetrics,
    private readonly sessions: OpenSessions,
    private readonly lifecycle: Lifecycle,
    private readonly readiness: Readiness,
  ) {}

  onModuleInit(): void {
    const { replicas } = this.config.current;
    this.all.push(...replicas.map(({ href }, index) => this.create(href, index + 1)));
    for (const replica of this.all)
      this.readiness.register({
        name: replica.name,
        subject: `The replica of PostgreSQL at ${replica.place}`,
        needed: false,
        check: () => replica.check(),
      });
    if (this.all.length > 0)
      this.lifecycle.register({ name: 'postgres replicas', close: () => this.close() });
  }

  /** Returns the rows from the first replica that answers; undefined when none is available. */
  async query<T>(sql: string, parameters: readonly unknown[]): Promise<T[] | undefined> {
    this.turn += 1;
    for (let step = 0; step < this.all.length; step++) {
      const replica = this.all[(this.turn + step) % this.all.length];
      const rows = replica?.isUp ? await replica.query<T>(sql, parameters) : undefined;
      if (rows) return rows;
    }
    return undefined;
  }

  private create(url: string, number: number): Replica {
    const config = this.config.current;
    const pool = new SessionPool({
      connectionString: url,
      application_name: config.schema,
      max: config.poolSize,
      connectionTimeoutMillis: config.acquireTimeout,
      keepAlive: true,
      onFailure: this.metrics.failed,
      options: sessionOptions(config),
      Client: SessionClient.for(config, (sql, send) => this.metrics.observe(sql, send), this.sessions),
    });
    return new Replica(`postgres_replica_${number}`, pool, {
      url,
      applicationName: `${config.schema}/health`,
      timeout: this.lifecycleSettings.current.checkTimeout,
    });
  }

  private async close(): Promise<void> {
    await Promise.all(this.all.map((replica) => replica.close()));
  }
}

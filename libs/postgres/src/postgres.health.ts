import { type ConfigHandle, InjectConfig } from '@app/config';
import { type LifecycleConfig, lifecycleConfig } from '@app/lifecycle';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type PostgresConfig, postgresConfig } from './postgres.config.js';
import { ServerProbe } from './server.probe.js';
import { sessionPoolOf } from './session/session-pool-of.js';

/** Whether the database answers and takes writes, as a session would find it that is opened now. */
@Injectable()
export class PostgresHealth extends ServerProbe {
  constructor(
    private readonly dataSource: DataSource,
    @InjectConfig(postgresConfig) postgres: ConfigHandle<PostgresConfig>,
    @InjectConfig(lifecycleConfig) lifecycle: ConfigHandle<LifecycleConfig>,
  ) {
    const { url, schema } = postgres.current;
    super({
      url: url.href,
      applicationName: `${schema}/health`,
      timeout: lifecycle.current.checkTimeout,
      writable: true,
    });
  }

  /** A session that the pool would not trust any more is not trusted here either. */
  override check(): Promise<void> {
    return super.check(sessionPoolOf(this.dataSource)?.trustedSince);
  }
}

import { type ConfigHandle, InjectConfig } from '@app/config';
import { type LifecycleConfig, lifecycleConfig } from '@app/lifecycle';
import { Injectable } from '@nestjs/common';
import { type PostgresConfig, postgresConfig } from './postgres.config.js';
import { ServerProbe } from './server.probe.js';
import { PrimaryPool } from './session/primary-pool.js';

/** Whether the database answers and takes writes, as a session would find it that is opened now. */
@Injectable()
export class PostgresHealth extends ServerProbe {
  constructor(
    private readonly primary: PrimaryPool,
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
    return super.check(this.primary.current?.trustedSince);
  }
}

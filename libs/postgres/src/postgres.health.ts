import { type ConfigHandle, InjectConfig } from '@app/config';
import { type LifecycleConfig, lifecycleConfig } from '@app/lifecycle';
import { Injectable } from '@nestjs/common';
import { type PostgresConfig, postgresConfig } from './postgres.config.js';
import { ServerProbe } from './server.probe.js';
import { PrimaryPool } from './session/primary-pool.js';

/** Checks whether the database answers and takes writes, as a session that is opened now would find it. */
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

  /** When the pool no longer trusts sessions of this age, the check opens a new one too. */
  override check(): Promise<void> {
    return super.check(this.primary.current?.trustedSince);
  }
}

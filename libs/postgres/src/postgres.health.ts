import { type ConfigHandle, InjectConfig } from '@app/config';
import { type LifecycleConfig, lifecycleConfig } from '@app/lifecycle';
import { Injectable } from '@nestjs/common';
import { type PostgresConfig, postgresConfig } from './postgres.config.js';
import { ServerProbe } from './server.probe.js';

/** Whether the database answers. */
@Injectable()
export class PostgresHealth extends ServerProbe {
  constructor(
    @InjectConfig(postgresConfig) postgres: ConfigHandle<PostgresConfig>,
    @InjectConfig(lifecycleConfig) lifecycle: ConfigHandle<LifecycleConfig>,
  ) {
    const { url, schema } = postgres.current;
    super({
      url: url.href,
      applicationName: `${schema}/health`,
      timeout: lifecycle.current.checkTimeout,
    });
  }
}

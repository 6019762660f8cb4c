import {
  configFiles,
  ConfigReloader,
  type ConfigStore,
  ConfigWatch,
  type LoadConfigOptions,
  type ReloadObserver,
} from '@app/config';
import { toAppError } from '@app/errors';
import { loggingConfig, type RootLogger } from '@app/logging';
import type { Metrics } from '@app/telemetry';
import { Logger } from '@nestjs/common';
import type { Counter } from 'prom-client';

/** Says in the log and in the metrics what became of a change of the configuration. */
export class ConfigReloads implements ReloadObserver {
  private readonly logger = new Logger('Configuration');
  private readonly reloads: Counter<'outcome'>;

  constructor(metrics: Metrics) {
    this.reloads = metrics.counter({
      name: 'config_reloads_total',
      help: 'Changes of the configuration, by what became of them: applied, refused or restart_needed.',
      labelNames: ['outcome'],
    });
    for (const outcome of ['applied', 'refused', 'restart_needed']) this.reloads.inc({ outcome }, 0);
  }

  applied(keys: readonly string[]): void {
    this.reloads.inc({ outcome: 'applied' });
    this.logger.log({ keys }, `in effect from now on: ${keys.join(', ')}`);
  }

  restartNeeded(keys: readonly string[]): void {
    this.reloads.inc({ outcome: 'restart_needed' });
    this.logger.warn({ keys }, `changed, but in effect only after a restart: ${keys.join(', ')}`);
  }

  refused(error: unknown): void {
    this.reloads.inc({ outcome: 'refused' });
    this.logger.error(`the change was refused, everything stays as it was. ${toAppError(error).message}`);
  }
}

export interface FollowedConfig {
  reading: LoadConfigOptions;
  store: ConfigStore;
  root: RootLogger;
  metrics: Metrics;
}

/** Puts changes of the configuration into effect from now on, the log level among them. */
export function followConfig({ reading, store, root, metrics }: FollowedConfig): void {
  store.handle(loggingConfig).changes.subscribe(({ level }) => (root.pino.level = level));
  const reloader = new ConfigReloader(reading, store, new ConfigReloads(metrics));
  reloader.follow(new ConfigWatch({ files: () => configFiles(reading), sources: reading.sources }));
}

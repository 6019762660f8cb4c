import {
  configFiles,
  ConfigInvalidError,
  ConfigReloader,
  type ConfigStore,
  ConfigWatch,
  type ReloadObserver,
  type SourceObserver,
} from '@app/config';
import { toAppError } from '@app/errors';
import type { DependencySignal, Readiness } from '@app/lifecycle';
import { loggingConfig, type RootLogger } from '@app/logging';
import type { Metrics } from '@app/telemetry';
import { Logger } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { AppConfigReading } from './application.js';

/** Logs and counts changes of the configuration, and outages of its remote sources. */
export class ConfigReloads implements ReloadObserver, SourceObserver {
  private readonly logger = new Logger('Configuration');
  private readonly reloads: Counter<'outcome'>;

  constructor(
    metrics: Metrics,
    private readonly readiness: Readiness,
  ) {
    this.reloads = metrics.counter({
      name: 'config_reloads_total',
      help: 'Changes of the configuration, by outcome: applied, refused or restart_needed.',
      labelNames: ['outcome'],
      values: { outcome: ['applied', 'refused', 'restart_needed'] },
    });
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
    const message = `the change was rejected, all values stay as they were. ${toAppError(error).message}`;
    // The message contains all problems of the configuration; other errors need their stack.
    this.logger.error(error instanceof ConfigInvalidError ? {} : { err: error }, message);
  }

  lost(source: string, error: unknown): void {
    this.signalOf(source).lost(error);
  }

  recovered(source: string): void {
    this.signalOf(source).back();
  }

  private signalOf(source: string): DependencySignal {
    const subject = `The configuration source ${source}, whose last values stay in effect,`;
    return this.readiness.dependency(`config ${source}`, subject).connection('read');
  }
}

export interface FollowedConfig {
  reading: AppConfigReading;
  store: ConfigStore;
  root: RootLogger;
  metrics: Metrics;
  readiness: Readiness;
}

/** Applies changes of the configuration from now on, including the log level. */
export function followConfig({ reading, store, root, metrics, readiness }: FollowedConfig): void {
  store.handle(loggingConfig).changes.subscribe(({ level }) => (root.pino.level = level));
  const reloads = new ConfigReloads(metrics, readiness);
  const reloader = new ConfigReloader(reading, store, reloads);
  for (const source of reading.sources) source.observe(reloads);
  showSources(reading.sources, metrics);
  reloader.follow(new ConfigWatch({ files: () => configFiles(reading), sources: reading.sources }));
}

/** Exports whether the last reading of each remote source succeeded. */
function showSources(sources: AppConfigReading['sources'], metrics: Metrics): void {
  if (sources.length === 0) return;
  const gauge = metrics.gauge({
    name: 'config_source_up',
    help: 'Whether a remote source of configuration can be read; while it cannot, its last values stay in effect.',
    labelNames: ['source'],
    collect: () => {
      for (const { name, healthy } of sources) gauge.set({ source: name }, healthy ? 1 : 0);
    },
  });
}

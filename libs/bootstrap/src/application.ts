import {
  collectDefinitions,
  ConfiguredSource,
  type ConfigStore,
  type LoadConfigOptions,
  type SupervisedSource,
} from '@app/config';
import { Lifecycle, type Transport, lifecycleConfig, Readiness, showReadiness } from '@app/lifecycle';
import { loggingConfig, nestLogger, type RootLogger } from '@app/logging';
import { Metrics, openTelemetry, type Telemetry, telemetryConfig } from '@app/telemetry';
import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { managementConfig } from './bootstrap.config.js';
import { readBuildInfo } from './build-info.js';
import { type TransportName, loadTransports } from './transports.js';
import { ManagementServer, type ManagementSubject } from './management.server.js';
import { PlatformModule } from './platform.module.js';
import { openSources, type RemoteSource } from './remote-sources.js';

/** @publicApi */
export interface BootstrapOptions {
  /** As in `apps/<name>` and in the configuration's `apps.<name>`. */
  name: string;
  /** The ways in that this app opens. */
  transports: readonly TransportName[];
  /** Remote sources of configuration; they lie above files and environment, the last one uppermost. @default none */
  sources?: readonly RemoteSource[];
}

/** What an app's configuration is read from. */
export interface AppConfigReading extends LoadConfigOptions {
  sources: readonly SupervisedSource[];
}

/** An app whose modules exist and whose transports are attached, not yet started. */
export interface PreparedApplication {
  app: INestApplication;
  transports: readonly Transport[];
}

/** What to read for an app: the sections that its modules ask for, and those of the platform. */
export async function configOf(
  module: Type,
  { name, transports, sources = [] }: BootstrapOptions,
): Promise<AppConfigReading> {
  const platform = [managementConfig, loggingConfig, lifecycleConfig, telemetryConfig];
  const remote = sources.flatMap((source) => (source instanceof ConfiguredSource ? [source.definition] : []));
  const definitions = new Set([...platform, ...remote, ...(await collectDefinitions(module))]);
  const portKey = transports.includes('http') ? 'http.port' : 'grpc.port';
  return { app: name, definitions: [...definitions], portKey, sources: await openSources(name, sources) };
}

/** Creates the app around its module: the management port first, so that probes have an answer, then the modules. */
export async function prepareApplication(
  module: Type,
  options: BootstrapOptions,
  store: ConfigStore,
  root: RootLogger,
): Promise<PreparedApplication> {
  const build = readBuildInfo(options.name);
  const subject: ManagementSubject = { build, store };
  await new ManagementServer(store.handle(managementConfig).current, subject).listen();
  const telemetry = await openTelemetry(store.handle(telemetryConfig), build);
  const transports = await loadTransports(options.transports);
  const app = await NestFactory.create(
    PlatformModule.around(module, { store, root, spans: telemetry.spans }),
    await adapterFor(options, store),
    {
      logger: nestLogger(root),
      abortOnError: false,
      bodyParser: false,
      ...(telemetry.instanceDecorator && { instrument: { instanceDecorator: telemetry.instanceDecorator } }),
    },
  );
  observe(app, subject, telemetry);
  logLostSpans(app.get(Readiness), telemetry);
  for (const transport of transports) transport.attach(app);
  return { app, transports };
}

/** Opens the app: connections first (`app.init()`), then the transports; ready when every transport is open. */
export async function startApplication({ app, transports }: PreparedApplication): Promise<void> {
  await app.init();
  await app.startAllMicroservices();
  for (const transport of transports) await transport.open?.(app);
  app.get(Lifecycle).markReady();
}

async function adapterFor({ transports }: BootstrapOptions, store: ConfigStore): Promise<FastifyAdapter> {
  if (!transports.includes('http')) return new FastifyAdapter();
  const { createHttpAdapter, httpConfig } = await import('@app/http');
  return createHttpAdapter(store.handle(httpConfig).current);
}

/** The receiver of traces is a dependency whose outages are logged; no app needs it. */
function logLostSpans(readiness: Readiness, telemetry: Telemetry): void {
  const subject = 'The receiver of traces (telemetry.traces.endpoint)';
  const signal = readiness.dependency('traces', subject).connection('export');
  telemetry.observe({ exported: () => signal.back(), lost: (_spans, error) => signal.lost(error) });
}

function observe(app: INestApplication, subject: ManagementSubject, telemetry: Telemetry): void {
  const metrics = app.get(Metrics);
  metrics.collectProcess(subject.build);
  telemetry.countIn(metrics);
  app.get(Lifecycle).register({
    name: 'traces',
    flush: () => telemetry.flush(),
    close: () => telemetry.close(),
  });
  subject.metrics = metrics;
  subject.readiness = app.get(Readiness);
  showReadiness(metrics, app.get(Readiness), app.get(Lifecycle));
}

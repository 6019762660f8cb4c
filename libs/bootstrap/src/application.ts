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
  /** The name in `apps/<name>` and in the configuration's `apps.<name>`. */
  name: string;
  /** The transports that this app opens. */
  transports: readonly TransportName[];
  /** Remote sources of configuration; they override files and environment, and the last one wins. @default none */
  sources?: readonly RemoteSource[];
}

/** The sources and options for reading an app's configuration. */
export interface AppConfigReading extends LoadConfigOptions {
  sources: readonly SupervisedSource[];
}

/** An app with created modules and attached transports that has not started yet. */
export interface PreparedApplication {
  app: INestApplication;
  transports: readonly Transport[];
}

/** The sections that an app reads: those that its modules declare, and those of the platform. */
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

/** Creates the app: first the management port, so that probes are answered, then the modules. */
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

/** Logs outages of the receiver of traces, a dependency that no app needs. */
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

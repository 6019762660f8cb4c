import { AppLog } from './app-log.js';
import { APPS, type AppName } from './app-process.js';
import { SystemFixture } from './system-fixture.js';
import { HttpClient } from '../network/http-client.js';
import { MetricsPage } from '../assertions/metrics-page.js';

/** An app that all end-to-end specs share. A spec that breaks something starts its own app with `startApp`. */
export interface RunningApp {
  readonly name: AppName;
  readonly pid: number;
  /** HTTP for the gateway, gRPC for the others. */
  readonly port: number;
  readonly management: HttpClient;
  readonly log: AppLog;
}

export interface RunningSystem {
  /** A client of the gateway's public port. */
  readonly http: HttpClient;
  readonly apps: Readonly<Record<AppName, RunningApp>>;
  /** The current `/metrics` page of an app. */
  metrics(app: AppName): Promise<MetricsPage>;
}

/** The four apps that the end-to-end project has started. */
export function runningSystem(): RunningSystem {
  const record = SystemFixture.record();
  const apps = Object.fromEntries(APPS.map((name) => [name, runningApp(name)])) as Record<
    AppName,
    RunningApp
  >;
  return {
    http: new HttpClient(`http://127.0.0.1:${record.gateway.port}`),
    apps,
    metrics: async (app) => new MetricsPage((await apps[app].management.get('/metrics')).text),
  };

  function runningApp(name: AppName): RunningApp {
    const { pid, port, managementPort, logFile } = record[name];
    return {
      name,
      pid,
      port,
      management: new HttpClient(`http://127.0.0.1:${managementPort}`),
      log: new AppLog(logFile),
    };
  }
}

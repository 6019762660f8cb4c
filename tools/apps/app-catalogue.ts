import type { SettingSources } from '../workspace/setting-sources.ts';
import { reachableHost } from './reachable-host.ts';

export interface App {
  readonly name: string;
  readonly transport: 'http' | 'grpc';
  readonly port: number;
  readonly managementPort: number;
  /** The host for URLs of the main port on this machine. */
  readonly host: string;
  readonly managementHost: string;
  /** The configuration keys of both ports, in this order. */
  readonly portKeys: readonly [string, string];
  /** Whether it owns tables and has the commands `migrate`, `rollback` and `generate`. */
  readonly hasMigrations: boolean;
}

const catalogue = [
  { name: 'gateway', transport: 'http', port: 8080, managementPort: 9080, hasMigrations: false },
  { name: 'grpc-server', transport: 'grpc', port: 50051, managementPort: 9081, hasMigrations: true },
  { name: 'cron-server', transport: 'grpc', port: 50052, managementPort: 9082, hasMigrations: true },
  { name: 'worker', transport: 'grpc', port: 50053, managementPort: 9083, hasMigrations: true },
] as const;

/** The four apps with the ports that they will open, from the same settings that the apps read. */
export function resolveApps(settings: SettingSources): App[] {
  const portOf = (key: string, fallback: number, ...shortNames: string[]): number =>
    Number(settings.user(key, ...shortNames)?.value ?? settings.committed(key) ?? fallback);

  const hostOf = (app: string, section: string): string => {
    const keys = [`apps.${app}.${section}.host`, `${section}.host`];
    const said = keys.map((key) => settings.user(key)?.value ?? settings.committed(key));
    return reachableHost(said.find((host) => host !== undefined) ?? '127.0.0.1');
  };

  return catalogue.map((app) => {
    const portKeys = [`apps.${app.name}.${app.transport}.port`, `apps.${app.name}.management.port`] as const;
    return {
      ...app,
      portKeys,
      port: portOf(portKeys[0], app.port, ...(app.name === 'gateway' ? ['PORT'] : [])),
      host: hostOf(app.name, app.transport),
      managementHost: hostOf(app.name, 'management'),
      managementPort: portOf(portKeys[1], app.managementPort),
    };
  });
}

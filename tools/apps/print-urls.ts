import { configuredAddress } from '../stack/resolve-service.ts';
import { services } from '../stack/services.ts';
import type { Stack } from '../stack/stack.ts';
import { printTable } from '../ui/table.ts';
import type { SettingSources } from '../workspace/setting-sources.ts';
import type { App } from './app-catalogue.ts';

/** Prints the URLs of apps and servers as a table. */
export function printUrls(apps: readonly App[], stack: Stack, settings: SettingSources, token: string): void {
  const rows = apps.map(({ name, transport, host, port, managementHost, managementPort }) => [
    name,
    transport === 'http' ? `http://${host}:${port}` : `${host}:${port} (gRPC)`,
    `http://${managementHost}:${managementPort}/readyz`,
  ]);
  const servers = services.map((service) => {
    const configured = configuredAddress(service, stack.profile, settings);
    return [
      service.title,
      configured ? `yours, from ${configured.source}` : service.url(stack.profile.ports[service.name]),
    ];
  });
  printTable([['Apps'], ...rows, ['Servers'], ...servers, ['Development admin'], ['token', token]]);
}

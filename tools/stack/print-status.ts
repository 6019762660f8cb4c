import { terminal } from '../ui/terminal.ts';
import { printTable } from '../ui/table.ts';
import type { SettingSources } from '../workspace/setting-sources.ts';
import { configuredAddress } from './resolve-service.ts';
import type { Service } from './service.ts';
import { services } from './services.ts';
import type { Stack } from './stack.ts';

async function row(stack: Stack, service: Service, settings: SettingSources): Promise<string[]> {
  const configured = configuredAddress(service, stack.profile, settings);
  if (configured) return [service.title, 'yours', `from ${configured.source}`];
  const record = stack.records.running(service.name);
  if (!record) return [service.title, 'down'];
  const state = await service.answers(record.port).then(
    () => 'up',
    (error: unknown) => `no answer (${String(error)})`,
  );
  const pid = record.pid > 0 ? `process ${record.pid}` : 'container';
  return [service.title, state, record.url, `${record.provider}, ${pid}, since ${record.since}`];
}

/** Prints one line per service: whether it answers, its URL, and its provider. */
export async function printStatus(stack: Stack, settings: SettingSources): Promise<void> {
  terminal.line(`The ${stack.profile.name} stack:`);
  printTable(await Promise.all(services.map((service) => row(stack, service, settings))));
}

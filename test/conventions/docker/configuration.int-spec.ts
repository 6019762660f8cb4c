import { configOf, type TransportName } from '@app/bootstrap';
import { loadConfig } from '@app/config';
import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { service } from './compose-file.js';

const APPS: readonly [name: string, transports: readonly TransportName[], module: () => Promise<object>][] = [
  ['gateway', ['http'], () => import('../../../apps/gateway/src/gateway.module.js')],
  ['grpc-server', ['grpc'], () => import('../../../apps/grpc-server/src/grpc-server.module.js')],
  ['cron-server', ['grpc'], () => import('../../../apps/cron-server/src/cron-server.module.js')],
  ['worker', ['grpc', 'amqp'], () => import('../../../apps/worker/src/worker.module.js')],
];

describe('the environment in the compose file', () => {
  it.each(APPS)(
    'is sufficient for %s in production, and has no unknown setting',
    async (name, transports, module) => {
      const [definition] = Object.values(await module()) as [Type];
      const reading = await configOf(definition, { name, transports });
      const environment = { ...service(name).environment };
      const store = await loadConfig({ ...reading, environment, dotenv: '.stack/there-is-none' });
      expect(store).toBeDefined();
      const sections = new Set(reading.definitions.map((each) => each.section.toUpperCase()));
      const named = Object.keys(environment).flatMap((key) => key.match(/^APP__([A-Z0-9]+)__/)?.[1] ?? []);
      expect(named.filter((section) => !sections.has(section))).toEqual([]);
    },
  );

  it.each(APPS.slice(1))('is the same for the migrations of %s', (name) => {
    expect(service(`migrate-${name}`).environment).toEqual(service(name).environment);
  });
});

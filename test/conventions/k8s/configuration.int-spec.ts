import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configOf, type TransportName } from '@app/bootstrap';
import { loadConfig } from '@app/config';
import type { Type } from '@nestjs/common';
import { parse } from 'yaml';
import { type Container, resource } from './resource.js';

const APPS: readonly [name: string, transports: readonly TransportName[], module: () => Promise<object>][] = [
  ['gateway', ['http'], () => import('../../../apps/gateway/src/gateway.module.js')],
  ['grpc-server', ['grpc'], () => import('../../../apps/grpc-server/src/grpc-server.module.js')],
  ['cron-server', ['grpc'], () => import('../../../apps/cron-server/src/cron-server.module.js')],
  ['worker', ['grpc', 'amqp'], () => import('../../../apps/worker/src/worker.module.js')],
];

/** Example values for the secrets that the manifests name. */
const SECRETS: Readonly<Record<string, string>> = {
  'postgres-url': 'postgres://user:word@postgres:5432/ganymede',
  'redis-state-url': 'redis://redis:6379',
  'rabbitmq-url': 'amqp://user:word@rabbitmq:5672',
  's3-access-key': 'key',
  's3-secret-key': 'word',
  'admin-token': 'a1b2c3d4'.repeat(4),
  'management-token': 'a1b2c3d4'.repeat(4),
};

describe('the mounted configuration', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ganymede-mounted-'));
    for (const [name, text] of Object.entries(resource('ConfigMap', 'ganymede-config').data ?? {})) {
      writeFileSync(join(folder, name), text);
    }
    for (const [name, value] of Object.entries(SECRETS)) writeFileSync(join(folder, name), value);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['default.yaml', 'production.yaml'])('equals the current config/%s', (name) => {
    const mounted = resource('ConfigMap', 'ganymede-config').data?.[name];
    expect(parse(mounted ?? '')).toEqual(parse(readFileSync(join('config', name), 'utf8')));
    expect(resource('ConfigMap', 'ganymede-migrations-config').data?.[name]).toBe(mounted);
  });

  it.each(APPS)('is sufficient for %s in production', async (name, transports, module) => {
    const [container] = resource('Deployment', `ganymede-${name}`).spec.template.spec.containers;
    const [definition] = Object.values(await module()) as [Type];
    const reading = await configOf(definition, { name, transports });
    const environment = { ...environmentOf(container), APP__S3__ENDPOINT: 'https://s3.example.com' };
    const store = await loadConfig({ ...reading, environment, dotenv: join(folder, 'none') });
    expect(store).toBeDefined();
  });

  /** The container's environment, with its paths changed to the folder of this test. */
  function environmentOf(container: Container | undefined): Record<string, string> {
    const led = (value: string) =>
      value.replace('/etc/ganymede', folder).replace('/run/secrets/ganymede', folder);
    return Object.fromEntries((container?.env ?? []).map(({ name, value = '' }) => [name, led(value)]));
  }
});

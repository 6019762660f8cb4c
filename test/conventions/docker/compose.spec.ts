import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duration } from '@app/config';
import { describe, expect, it } from '@jest/globals';
import { DCLinter } from 'dclint';
import { parse } from 'yaml';
import { COMPOSE_FILE, service, services, tasks } from './compose-file.js';

const APPS = ['gateway', 'grpc-server', 'cron-server', 'worker'] as const;
const SERVERS = ['postgres', 'redis', 'rabbitmq', 's3'] as const;

/** The services that an app needs for its start or its readiness. */
const WAITS_FOR = {
  gateway: ['grpc-server', 'rabbitmq', 'redis', 's3'],
  'grpc-server': ['migrate-cron-server', 'migrate-grpc-server', 'redis', 's3'],
  'cron-server': ['migrate-cron-server'],
  worker: ['migrate-cron-server', 'migrate-grpc-server', 'migrate-worker', 'rabbitmq'],
};

interface AppSection {
  http?: { port: number };
  grpc?: { port: number };
  management: { port: number };
}

const { apps, lifecycle } = parse(readFileSync('config/default.yaml', 'utf8')) as {
  apps: Record<string, AppSection>;
  lifecycle: { shutdown_timeout: string };
};

/** A finding of the linter, whose own types do not resolve under Node.js's module rules. */
interface Finding {
  severity: string;
  message: string;
}

/** The violations of the Compose specification's schema in a file, without the style rules of the linter. */
function faultsOf(file: string): string[] {
  const linter = new DCLinter({ rules: {}, quiet: false, debug: false, exclude: [] });
  const results: readonly { messages: readonly Finding[] }[] = linter.lintFiles([file], false);
  const messages = results.flatMap((result) => result.messages);
  return messages.filter(({ severity }) => severity === 'critical').map(({ message }) => message);
}

describe('the compose file', () => {
  it('conforms to the Compose specification', () => {
    expect(faultsOf(COMPOSE_FILE)).toEqual([]);
  });

  it('would be refused with an unknown key', () => {
    const folder = mkdtempSync(join(tmpdir(), 'compose-'));
    const file = join(folder, 'compose.yaml');
    writeFileSync(file, readFileSync(COMPOSE_FILE, 'utf8').replace('healthcheck:', 'healthchek:'));
    expect(faultsOf(file)).toEqual([expect.stringContaining('additional properties')]);
    rmSync(folder, { recursive: true });
  });

  it('has the four apps, their servers and a migration of each schema', () => {
    expect(new Set(Object.keys(services))).toEqual(new Set([...APPS, ...SERVERS, ...tasks]));
    expect([...tasks].sort()).toEqual(['migrate-cron-server', 'migrate-grpc-server', 'migrate-worker']);
  });

  it.each(Object.keys(services).filter((name) => !tasks.has(name)))(
    'checks the health of %s, and restarts it',
    (name) => {
      const { restart, healthcheck } = service(name);
      expect(restart).toBe('unless-stopped');
      expect(['CMD', 'CMD-SHELL']).toContain(healthcheck?.test[0]);
      expect(healthcheck?.test.length).toBeGreaterThan(1);
    },
  );

  it.each([...tasks])('lets %s complete, retries it when it fails, and does not check its health', (name) => {
    expect(service(name)).toMatchObject({
      command: ['migrate'],
      restart: 'on-failure:5',
      healthcheck: { test: ['NONE'] },
      depends_on: { postgres: { condition: 'service_healthy' } },
    });
  });

  it.each(APPS)('starts %s after the services that it needs', (name) => {
    const waits = service(name).depends_on ?? {};
    expect(Object.keys(waits).sort()).toEqual(WAITS_FOR[name]);
    for (const [needed, { condition }] of Object.entries(waits))
      expect(condition).toBe(tasks.has(needed) ? 'service_completed_successfully' : 'service_healthy');
  });

  it.each(APPS)('publishes %s on the ports of config/default.yaml', (name) => {
    const { http, grpc, management } = apps[name] ?? { management: { port: 0 } };
    const ports = [http?.port ?? grpc?.port, management.port];
    expect(service(name).ports).toEqual(ports.map((port) => `127.0.0.1:${port}:${port}`));
  });

  it.each([...APPS, ...tasks])('lets %s write only to /tmp, and gain no privileges', (name) => {
    const { user, privileged, volumes, ...rest } = service(name);
    expect(rest).toMatchObject({
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    // The image sets the user: only the Dockerfile may change it.
    expect({ user, privileged, volumes }).toEqual({});
    expect(readFileSync('docker/Dockerfile', 'utf8')).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
  });

  it.each([...APPS, ...tasks])('gives %s more time to stop than it needs', (name) => {
    const grace = duration().parse(service(name).stop_grace_period);
    expect(grace).toBeGreaterThan(duration().parse(lifecycle.shutdown_timeout));
  });

  it.each(Object.keys(services))(
    'publishes %s only on this machine, unless a variable sets another address',
    (name) => {
      for (const port of service(name).ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    },
  );

  it.each([...APPS, ...tasks])('gives %s no publicly known token', (name) => {
    const tokens = Object.entries(service(name).environment ?? {}).filter(([key]) => key.endsWith('TOKEN'));
    expect(tokens.length).toBeGreaterThan(0);
    for (const [, value] of tokens) expect(value).toBe('');
  });

  it('warns that the passwords of its servers are public', () => {
    const words = Object.values(services).flatMap(({ environment = {} }) =>
      Object.entries(environment).flatMap(([key, value]) =>
        /PASS|SECRET|TOKEN/.test(key)
          ? [value]
          : [...value.matchAll(/:\/\/\w+:([^@]+)@/g)].map(([, word]) => word),
      ),
    );
    expect([...new Set(words)].filter(Boolean).sort()).toEqual(['ganymede', 'ganymede-secret']);
    expect(readFileSync(COMPOSE_FILE, 'utf8')).toContain('The passwords of the servers are publicly known');
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineConfig } from './config.definition.js';
import { ConfigInvalidError } from './config.errors.js';
import { loadConfig } from './config.loader.js';
import { configFiles } from './config.sources.js';
import { duration } from './units/duration.js';
import { secret } from './units/secret.js';
import { url } from './units/service-url.js';

const mail = defineConfig('mail', {
  schema: z.object({
    host: z.string().default('localhost'),
    port: z.number().int().max(65535).default(25),
    useTls: z.boolean().default(false),
    timeout: duration().prefault('5s'),
    password: secret().optional(),
    keyFile: z.string().optional(),
    relays: z.array(z.object({ host: z.string(), weight: z.number().default(1) })).default([]),
    limits: z.record(z.string(), z.number()).default({}),
    pool: z.object({ maxSize: z.number().default(10) }).prefault({}),
  }),
});

const redis = defineConfig('redis', {
  schema: z.object({ state: z.object({ url: url({ protocols: ['redis'] }) }) }),
});

describe('the configuration', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'config-'));
    await given('default.yaml', 'mail: {}\nredis: {}\n');
  });

  afterEach(() => rm(directory, { recursive: true }));

  const given = (file: string, yaml: string) => writeFile(join(directory, file), yaml);

  async function load(environment: Record<string, string> = {}) {
    const store = await loadConfig({
      app: 'worker',
      definitions: [mail],
      directory,
      environment,
      portKey: 'mail.port',
    });
    return store.handle(mail).current;
  }

  async function problemsOf(environment: Record<string, string> = {}) {
    const error = await load(environment).then(
      () => new Error('it was accepted'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof ConfigInvalidError)) throw error as Error;
    return error.message;
  }

  it('has its defaults when no source sets a value', async () => {
    expect(await load()).toMatchObject({ host: 'localhost', timeout: 5000, pool: { maxSize: 10 } });
  });

  it('takes a value from its last source: default, environment file, local, environment, secret file', async () => {
    const loadedFrom = async (environment = {}) => (await load({ APP_ENV: 'test', ...environment })).host;
    await given('default.yaml', 'mail: { host: default }');
    expect(await loadedFrom()).toBe('default');
    await given('test.yaml', 'mail: { host: test }');
    expect(await loadedFrom()).toBe('test');
    await given('local.yaml', 'mail: { host: local }');
    expect(await loadedFrom()).toBe('local');
    expect(await loadedFrom({ APP__MAIL__HOST: 'environment' })).toBe('environment');
    await given('secret', 'file\n');
    const files = { APP__MAIL__HOST: 'environment', APP__MAIL__HOST_FILE: join(directory, 'secret') };
    expect(await loadedFrom(files)).toBe('file');
  });

  it.each(['development', 'test', 'production'])(
    'reads local.yaml from the folder named by CONFIG_DIR in %s',
    async (name) => {
      await given('local.yaml', 'mail: { host: local }');
      expect((await load({ APP_ENV: name })).host).toBe('local');
    },
  );

  it.each([
    [{ APP_ENV: 'development' }, true],
    [{ APP_ENV: 'production' }, true],
    [{ APP_ENV: 'test' }, false],
    [{ APP_ENV: 'test', CONFIG_DIR: 'elsewhere' }, true],
  ])('has local.yaml among its files with %j: %j', async (environment, isRead) => {
    const files = await configFiles({ app: 'worker', definitions: [], environment });
    expect(files.some((file) => file.endsWith('local.yaml'))).toBe(isRead);
  });

  it('reads production.yaml when APP_ENV is not set', async () => {
    await given('production.yaml', 'mail: { host: production }');
    await given('development.yaml', 'mail: { host: development }');
    expect((await load()).host).toBe('production');
    expect((await load({ APP_ENV: '' })).host).toBe('production');
  });

  it('is rejected with one problem when the environment is unknown', async () => {
    await given('local.yaml', 'mail: { prot: 1 }');
    expect(await problemsOf({ APP_ENV: 'Production', APP__MAIL__PORT: 'high' })).toBe(
      'The configuration has a problem:\n' +
        '  APP_ENV is "Production": expected development, test or production; did you mean production? (environment variable)',
    );
  });

  it('merges an app’s own section over the shared one of the same source, and under the next source', async () => {
    await given(
      'default.yaml',
      'mail: { host: shared, port: 1 }\napps: { worker: { mail: { host: own } }, other: { mail: { port: 9 } } }',
    );
    expect(await load()).toMatchObject({ host: 'own', port: 1 });
    expect(await load({ APP__MAIL__HOST: 'later' })).toMatchObject({ host: 'later' });
    expect(await load({ APP__MAIL__HOST: 'later', APP__APPS__WORKER__MAIL__HOST: 'own' })).toMatchObject({
      host: 'own',
    });
  });

  it('reads numbers, booleans, lists and objects from the text of the environment', async () => {
    const read = await load({
      APP__MAIL__PORT: '2525',
      APP__MAIL__USE_TLS: 'true',
      APP__MAIL__RELAYS: '[{"host":"a","weight":2},{"host":"b"}]',
      APP__MAIL__LIMITS: '{"per_day":5}',
      APP__MAIL__POOL__MAX_SIZE: '3',
    });
    expect(read).toMatchObject({ port: 2525, useTls: true, limits: { per_day: 5 }, pool: { maxSize: 3 } });
    expect(read.relays).toEqual([
      { host: 'a', weight: 2 },
      { host: 'b', weight: 1 },
    ]);
  });

  it('treats …_FILE as a plain value when a key has that name', async () => {
    expect(await load({ APP__MAIL__KEY_FILE: '/etc/key' })).toMatchObject({ keyFile: '/etc/key' });
  });

  it('reads conventional variables such as REDIS_URL, with lower priority than its own', async () => {
    const environment = { REDIS_URL: 'redis://other:6379' };
    const store = await loadConfig({ app: 'worker', definitions: [redis], directory, environment });
    expect(store.handle(redis).current.state.url.host).toBe('other:6379');
    expect((await load({ PORT: '99' })).port).toBe(99);
    expect((await load({ PORT: '99', APP__MAIL__PORT: '1' })).port).toBe(1);
  });

  it('is printed completely in the notation of the files, with secrets masked', async () => {
    const environment = { APP__MAIL__PASSWORD: 'hunter2', APP__MAIL__USE_TLS: 'true' };
    const store = await loadConfig({ app: 'worker', definitions: [mail], directory, environment });
    expect(store.describe()).toMatchObject({
      mail: { password: '********', use_tls: true, pool: { max_size: 10 } },
    });
  });

  describe('that is invalid', () => {
    it('reports every problem at once, with its path, the value found and the value expected', async () => {
      await given('local.yaml', 'mail:\n  port: 70000\n  timeout: 5\n  hots: x\n');
      const message = await problemsOf({ APP__MAIL__USE_TLS: 'maybe' });
      expect(message).toContain('The configuration has 4 problems:');
      expect(message).toMatch(/mail\.port is 70000: expected .*65535 \(.*local\.yaml:2\)/);
      expect(message).toMatch(/mail\.timeout is 5: expected a duration with its unit.* \(.*local\.yaml:3\)/);
      expect(message).toMatch(/mail\.hots is not a known key: .*did you mean host\? \(.*local\.yaml:4\)/);
      expect(message).toMatch(
        /mail\.use_tls is "maybe": expected boolean \(environment variable APP__MAIL__USE_TLS\)/,
      );
    });

    it('reports a problem deep inside a list', async () => {
      await given('local.yaml', 'mail: { relays: [{ host: a }, { host: 5, wieght: 2 }] }');
      const message = await problemsOf();
      expect(message).toMatch(/mail\.relays\.1\.host is 5: expected string/);
      expect(message).toMatch(/mail\.relays\.1\.wieght .*did you mean weight\?/);
    });

    it('suggests the nearest section for an unknown one', async () => {
      expect(await problemsOf({ APP__MIAL__HOST: 'x' })).toMatch(
        /mial is not a known section: .*did you mean mail\?/,
      );
    });

    it('masks an invalid secret', async () => {
      const environment = { APP__REDIS__STATE__URL: 'http://me:hunter2@x' };
      const loading = loadConfig({ app: 'worker', definitions: [redis], directory, environment });
      await expect(loading).rejects.toThrow(/redis\.state\.url is \*{8}: expected an address such as redis/);
    });

    it('reports a missing value', async () => {
      const loading = loadConfig({ app: 'worker', definitions: [redis], directory, environment: {} });
      await expect(loading).rejects.toThrow('redis.state is missing');
    });

    it('names a secret file that cannot be read', async () => {
      expect(await problemsOf({ APP__MAIL__HOST_FILE: '/nowhere' })).toMatch(
        /mail\.host is \/nowhere: expected a file that can be read: there is none, .*\(environment variable APP__MAIL__HOST_FILE\)/,
      );
    });

    it('names a file that is not YAML', async () => {
      await given('local.yaml', 'mail: [');
      expect(await problemsOf()).toMatch(/local\.yaml is not readable: expected YAML/);
    });
  });
});

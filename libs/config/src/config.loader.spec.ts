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

  it('has its defaults where nobody has said anything', async () => {
    expect(await load()).toMatchObject({ host: 'localhost', timeout: 5000, pool: { maxSize: 10 } });
  });

  it('is what the last of its sources says: default, environment file, local, environment, secret file', async () => {
    const told = async (environment = {}) => (await load({ APP_ENV: 'test', ...environment })).host;
    await given('default.yaml', 'mail: { host: default }');
    expect(await told()).toBe('default');
    await given('test.yaml', 'mail: { host: test }');
    expect(await told()).toBe('test');
    await given('local.yaml', 'mail: { host: local }');
    expect(await told()).toBe('local');
    expect(await told({ APP__MAIL__HOST: 'environment' })).toBe('environment');
    await given('secret', 'file\n');
    const files = { APP__MAIL__HOST: 'environment', APP__MAIL__HOST_FILE: join(directory, 'secret') };
    expect(await told(files)).toBe('file');
  });

  it.each(['development', 'test', 'production'])(
    'reads local.yaml of the folder that CONFIG_DIR names in %s',
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

  it('reads production.yaml where nobody says which environment this is', async () => {
    await given('production.yaml', 'mail: { host: production }');
    await given('development.yaml', 'mail: { host: development }');
    expect((await load()).host).toBe('production');
    expect((await load({ APP_ENV: '' })).host).toBe('production');
  });

  it('is refused with one problem in an environment that nobody knows', async () => {
    await given('local.yaml', 'mail: { prot: 1 }');
    expect(await problemsOf({ APP_ENV: 'Production', APP__MAIL__PORT: 'high' })).toBe(
      'The configuration has a problem:\n' +
        '  APP_ENV is "Production": expected development, test or production; did you mean production? (environment variable)',
    );
  });

  it('lays an app’s own section upon the shared ones of the same source, and below the next source', async () => {
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

  it('takes …_FILE by the letter where a key is called so', async () => {
    expect(await load({ APP__MAIL__KEY_FILE: '/etc/key' })).toMatchObject({ keyFile: '/etc/key' });
  });

  it('knows the names of others, which stand below its own', async () => {
    const environment = { REDIS_URL: 'redis://other:6379' };
    const store = await loadConfig({ app: 'worker', definitions: [redis], directory, environment });
    expect(store.handle(redis).current.state.url.host).toBe('other:6379');
    expect((await load({ PORT: '99' })).port).toBe(99);
    expect((await load({ PORT: '99', APP__MAIL__PORT: '1' })).port).toBe(1);
  });

  it('prints whole in the names of the files, secrets masked', async () => {
    const environment = { APP__MAIL__PASSWORD: 'hunter2', APP__MAIL__USE_TLS: 'true' };
    const store = await loadConfig({ app: 'worker', definitions: [mail], directory, environment });
    expect(store.describe()).toMatchObject({
      mail: { password: '********', use_tls: true, pool: { max_size: 10 } },
    });
  });

  describe('that cannot be used', () => {
    it('tells every problem at once, with its place, what stands there and what should', async () => {
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

    it('finds what is wrong deep inside a list', async () => {
      await given('local.yaml', 'mail: { relays: [{ host: a }, { host: 5, wieght: 2 }] }');
      const message = await problemsOf();
      expect(message).toMatch(/mail\.relays\.1\.host is 5: expected string/);
      expect(message).toMatch(/mail\.relays\.1\.wieght .*did you mean weight\?/);
    });

    it('names the nearest section to one that nobody knows', async () => {
      expect(await problemsOf({ APP__MIAL__HOST: 'x' })).toMatch(
        /mial is not a known section: .*did you mean mail\?/,
      );
    });

    it('masks a secret that is wrong', async () => {
      const environment = { APP__REDIS__STATE__URL: 'http://me:hunter2@x' };
      const loading = loadConfig({ app: 'worker', definitions: [redis], directory, environment });
      await expect(loading).rejects.toThrow(/redis\.state\.url is \*{8}: expected an address such as redis/);
    });

    it('says what is missing', async () => {
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

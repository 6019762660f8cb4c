import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineConfig } from './config.definition.js';
import { loadConfig } from './config.loader.js';
import { ConfigSource } from './sources/config-source.js';
import { duration } from './units/duration.js';
import { secret } from './units/secret.js';
import { url } from './units/service-url.js';
import { size } from './units/size.js';

const mail = defineConfig('mail', {
  schema: z.object({
    host: z.string(),
    port: z.number().int().max(65535).default(25),
    mode: z.enum(['plain', 'tls']).default('tls'),
    useTls: z.boolean().default(false),
    timeout: duration().prefault('5s'),
    maxSize: size().prefault('1MiB'),
    url: url({ protocols: ['smtp'] }).optional(),
    password: secret().optional(),
    pool: z.object({ maxSize: z.number().default(10), login: secret().optional() }).prefault({}),
    relays: z.array(z.string()).default([]),
    limits: z.record(z.string(), z.object({ perDay: z.number() })).default({}),
  }),
});
const logging = defineConfig('logging', { schema: z.object({ level: z.string().default('info') }) });

describe('a configuration with mistakes', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'config-'));
    await given('default.yaml', 'mail: {}\nlogging: {}\nothers: {}\napps: { worker: {}, grpc-server: {} }\n');
  });

  afterEach(() => rm(directory, { recursive: true }));

  const given = (file: string, yaml: string) => writeFile(join(directory, file), yaml);

  async function messageOf(environment: Record<string, string> = {}, sources: ConfigSource[] = []) {
    const dotenv = join(directory, '.env');
    const options = {
      app: 'grpc-server',
      definitions: [mail, logging],
      directory,
      environment,
      dotenv,
      sources,
    };
    const error = await loadConfig(options).then(
      () => new Error('it was accepted'),
      (reason: Error) => reason,
    );
    return error.message;
  }

  it('reports all of them at once, each with its path, the value found, the value expected and its origin', async () => {
    await given(
      'local.yaml',
      `mail:
  hots: x
  port: 70000
  mode: loud
  use_tls: 1
  timeout: 5
  max_size: 8MB
  url: http://me:hunter2@mail
  password: 12
  pool: hunter2
  limits:
    me: { per_day: many }
  host: { a: 1 }
loging:
  level: debug
apps:
  grpc_sevrer: { mail: {} }
`,
    );
    const message = await messageOf({
      APP__MAIL__RELAYS: '["a"',
      APP__MAIL__LIMITS__YOU: '{"per_day": hunter2}',
      APP__LOGGING__LEVEL_FILE: '/nowhere',
      APP__APPS__GRPC_SERVER__MAIL__TIEMOUT: '1s',
    });
    const file = '\\(.*local\\.yaml';
    for (const line of [
      `mail\\.hots is not a known key: .*did you mean host\\? ${file}:2\\)`,
      `mail\\.port is 70000: expected .*65535 ${file}:3\\)`,
      `mail\\.mode is "loud": expected .*"tls" ${file}:4\\)`,
      `mail\\.use_tls is 1: expected boolean ${file}:5\\)`,
      `mail\\.timeout is 5: expected a duration with its unit.* ${file}:6\\)`,
      `mail\\.max_size is "8MB": expected a size with its unit.* ${file}:7\\)`,
      `mail\\.url is \\*{8}: expected an address such as smtp.* ${file}:8\\)`,
      `mail\\.password is \\*{8}: expected a text.*quote it.* ${file}:9\\)`,
      `mail\\.pool is \\*{8}: expected a section with the keys max_size, login ${file}:10\\)`,
      `mail\\.limits\\.me\\.per_day is "many": expected number ${file}:12\\)`,
      `mail\\.host is a section: expected string ${file}:13\\)`,
      `loging is not a known section: .*did you mean logging\\? ${file}:15\\)`,
      `apps\\.grpc_sevrer is not a known app: .*did you mean grpc-server\\?`,
      'mail\\.relays is .*: expected a list as JSON \\(environment variable APP__MAIL__RELAYS\\)',
      'mail\\.limits\\.you is .*: expected a section with the keys per_day, as JSON',
      'logging\\.level is /nowhere: expected a file that can be read: there is none, .* \\(environment variable APP__LOGGING__LEVEL_FILE\\)',
      'mail\\.tiemout is not a known key: .*did you mean timeout\\? \\(environment variable APP__APPS__GRPC',
    ]) {
      expect(message).toMatch(new RegExp(line));
    }
    expect(message).toContain('has 17 problems');
    expect(message.replace('{\\"per_day\\": hunter2}', '')).not.toContain('hunter2');
  });

  it('reports a missing value of a required section', async () => {
    expect(await messageOf()).toMatch(/a problem:\n\s+mail\.host is missing: expected string$/);
  });

  it('reports a file that is not YAML with its line, and not the values that are missing because of it', async () => {
    await given('local.yaml', 'mail:\n  host: [\npassword: hunter2');
    const message = await messageOf({ APP__MAIL__PORT: 'high' });
    expect(message).toMatch(
      /local\.yaml is not readable: expected YAML that can be parsed: .*local\.yaml:\d\)/,
    );
    expect(message).toMatch(/mail\.port is "high"/);
    expect(message).not.toMatch(/is missing|hunter2/);
  });

  it('reports a duplicate key, and the other problems of that file', async () => {
    await given('local.yaml', 'mail:\n  host: a\n  host: b\n  port: high\n');
    const message = await messageOf();
    expect(message).toMatch(/local\.yaml is not valid: .*unique.*local\.yaml:3\)/);
    expect(message).toMatch(/mail\.port is "high"/);
  });

  it('reports a file that is a folder, or holds no sections', async () => {
    await mkdir(join(directory, 'local.yaml'));
    await given('production.yaml', '- a\n- b\n');
    const message = await messageOf({ APP__MAIL__PORT: 'high' });
    expect(message).toMatch(/local\.yaml is not readable: expected a file that can be read: it is a folder/);
    expect(message).toMatch(/production\.yaml is not readable: expected sections/);
    expect(message).toMatch(/mail\.port is "high"/);
  });

  it('reports a section of the first file that differs by one typing error from a known one', async () => {
    await given('default.yaml', 'mail: { host: a }\nlogging: {}\nmial: { port: 1 }\nothers: {}\n');
    expect(await messageOf()).toMatch(/a problem:\n\s+mial is not a known section: .*did you mean mail\?/);
  });

  it('reports a remote source that does not answer', async () => {
    class Silent extends ConfigSource {
      readonly name = 'consul';
      load = () => Promise.reject(new Error('connect ECONNREFUSED'));
    }
    const message = await messageOf({ APP__MAIL__PORT: 'high' }, [new Silent()]);
    expect(message).toMatch(/consul is not readable: expected .*ECONNREFUSED/);
    expect(message).toMatch(/mail\.port is "high"/);
  });

  it('may leave a section empty, and may use YAML anchors', async () => {
    await given('local.yaml', 'logging:\nmail:\n  host: &name a\n  relays: [*name]\n  pool:\n');
    expect(await messageOf()).toBe('it was accepted');
  });
});

describe('the sources of a configuration', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'config-'));
    await writeFile(join(directory, 'default.yaml'), 'mail: { host: yaml }\n');
    await writeFile(join(directory, 'file'), 'file\n');
  });

  afterEach(() => rm(directory, { recursive: true }));

  async function hostBy(environment: Record<string, string>, dotenv = '') {
    const file = join(directory, '.env');
    await writeFile(file, dotenv);
    const portKey = 'mail.port';
    const options = {
      app: 'grpc-server',
      definitions: [mail],
      directory,
      environment,
      dotenv: file,
      portKey,
    };
    return (await loadConfig(options)).handle(mail).current;
  }

  it('have ascending priority: YAML, .env, environment, files, each also for one app', async () => {
    expect((await hostBy({})).host).toBe('yaml');
    const inDotenv = 'APP__MAIL__HOST=dotenv';
    expect((await hostBy({}, inDotenv)).host).toBe('dotenv');
    expect((await hostBy({ APP__MAIL__HOST: 'variable' }, inDotenv)).host).toBe('variable');
    const forApp = { APP__MAIL__HOST: 'variable', APP__APPS__GRPC_SERVER__MAIL__HOST: 'own' };
    expect((await hostBy(forApp, inDotenv)).host).toBe('own');
    const files = { ...forApp, APP__MAIL__HOST_FILE: join(directory, 'file') };
    expect((await hostBy(files, inDotenv)).host).toBe('file');
    expect(
      (await hostBy({ APP__MAIL__HOST: 'x' }, `APP__MAIL__HOST_FILE=${join(directory, 'file')}`)).host,
    ).toBe('file');
  });

  it('give APP__ variables priority over conventional ones, in .env and the environment', async () => {
    expect((await hostBy({ PORT: '1' })).port).toBe(1);
    expect((await hostBy({ PORT: '1' }, 'APP__MAIL__PORT=2')).port).toBe(2);
  });

  it('ignore conventional variables of sections that the app does not have', async () => {
    await expect(hostBy({ DATABASE_URL: 'postgres://x', REDIS_URL: 'nonsense' })).resolves.toBeDefined();
  });

  it('accept JSON for a section, and a longer variable name overrides it', async () => {
    const environment = { APP__MAIL__POOL__MAX_SIZE: '7', APP__MAIL__LIMITS: '{"me":{"per_day":3}}' };
    expect(await hostBy(environment)).toMatchObject({ pool: { maxSize: 7 }, limits: { me: { perDay: 3 } } });
    const both = { APP__MAIL__POOL__MAX_SIZE: '7', APP__MAIL__POOL: '{"max_size":1}' };
    expect(await hostBy(both)).toMatchObject({ pool: { maxSize: 7 } });
  });
});

import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineConfig } from './config.definition.js';
import { ConfigInvalidError } from './config.errors.js';
import { loadConfig } from './config.loader.js';
import { secret } from './units/secret.js';
import { url } from './units/service-url.js';
import { token } from './units/token.js';

const LONG = 'a1b2c3d4'.repeat(4);

const edgeConfig = defineConfig('edge', {
  schema: z.object({
    url: url({ protocols: ['amqp', 'postgres', 'https'] }).optional(),
    replicas: z.array(z.object({ url: url({ protocols: ['postgres'] }) })).default([]),
    secretKey: secret().optional(),
    adminToken: token().optional(),
  }),
});

/** The problems that prevent the start, one per line; empty when the app starts. */
async function problemsOf(settings: Record<string, string>, environment: Record<string, string> = {}) {
  const said = Object.entries(settings).map(([key, value]) => [`APP__EDGE__${key}`, value]);
  const options = {
    app: 'gateway',
    definitions: [edgeConfig],
    dotenv: '.stack/none',
    directory: 'libs',
  };
  try {
    const variables = { APP_ENV: 'production', ...environment, ...Object.fromEntries(said) };
    await loadConfig({ ...options, environment: variables });
    return '';
  } catch (error) {
    if (!(error instanceof ConfigInvalidError)) throw error as Error;
    return error.message;
  }
}

describe('a token', () => {
  it.each([LONG, `${LONG}==`, 'x'.repeat(512)])('is accepted in production: %s', async (text) => {
    expect(await problemsOf({ ADMIN_TOKEN: text })).toBe('');
  });

  it.each(['compose-admin-token', LONG.slice(1), 'development-management-token'])(
    'of fewer than 32 characters is rejected in production: %s',
    async (text) => {
      const problems = await problemsOf({ ADMIN_TOKEN: text });
      expect(problems).toMatch(/edge\.admin_token .*at least 32 characters in production.*openssl rand/);
      expect(problems).toContain('APP__EDGE__ADMIN_TOKEN');
      expect(problems).not.toContain(text);
      expect(await problemsOf({ ADMIN_TOKEN: text }, { APP_ENV: '' })).toBe(problems);
      expect(await problemsOf({ ADMIN_TOKEN: text }, { APP_ALLOW_KNOWN_CREDENTIALS: 'true' })).toBe(problems);
      expect(await problemsOf({ ADMIN_TOKEN: text }, { APP_ENV: 'development' })).toBe('');
    },
  );

  it.each([
    ['short', /at least 16 characters/],
    ['fifteen-letters', /at least 16 characters/],
    ['x'.repeat(513), /at most 512/],
    [`${LONG} with blanks`, /as a header can carry it/],
    [`${LONG}\u00fc`, /as a header can carry it/],
  ])('is rejected in every environment when it is %s', async (text, expected) => {
    for (const APP_ENV of ['production', 'test', 'development'])
      expect(await problemsOf({ ADMIN_TOKEN: text }, { APP_ENV })).toMatch(expected);
  });
});

describe('a well-known secret', () => {
  it.each([
    ['URL', 'postgres://ganymede:ganymede@db.example.com:5432/ganymede'],
    ['URL', 'amqp://guest:guest@rabbitmq:5672'],
    ['URL', 'postgres://app:postgr%65s@10.0.0.1/app'],
    ['URL', 'amqp://a:ganymede@localhost.example.com'],
    ['SECRET_KEY', 'ganymede-secret'],
    ['SECRET_KEY', 'minioadmin'],
    ['REPLICAS', '[{"url":"postgres://a:b@one/x"},{"url":"postgres://a:ganymede@two/x"}]'],
  ])('is rejected in production: %s %s', async (key, value) => {
    const problems = await problemsOf({ [key]: value });
    expect(problems).toContain('publicly known');
    expect(problems).not.toMatch(/:(ganymede|guest)@|ganymede-secret|minioadmin/);
    expect(await problemsOf({ [key]: value }, { APP_ALLOW_KNOWN_CREDENTIALS: 'true' })).toBe('');
    expect(await problemsOf({ [key]: value }, { APP_ENV: 'development' })).toBe('');
  });

  it.each(['127.0.0.1', '127.8.0.1', 'localhost', 'LOCALHOST', '[::1]'])(
    'is accepted for a server on this machine: %s',
    async (host) => {
      expect(await problemsOf({ URL: `postgres://ganymede:ganymede@${host}:15432/x` })).toBe('');
      expect(await problemsOf({ URL: `https://${host}:19000`, SECRET_KEY: 'ganymede-secret' })).toBe('');
    },
  );

  it('is rejected for a remote server even if another server is on this machine', async () => {
    const settings = {
      URL: 'postgres://ganymede:ganymede@127.0.0.1/x',
      REPLICAS: '[{"url":"postgres://a:ganymede@two/x"}]',
    };
    expect(await problemsOf(settings)).toMatch(/edge\.replicas\.0\.url/);
  });

  it.each(['postgres://ganymede:h7Gd9s@db/x', 'postgres://ganymede@db/x', 'https://s3.example.com'])(
    'is not %s',
    async (value) => {
      expect(await problemsOf({ URL: value })).toBe('');
    },
  );
});

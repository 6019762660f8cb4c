import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startingApps } from '../starting-apps.js';

const MISTAKES = `logging:
  levle: info
  level: loud
  format: 1
  file: /var/log/app.log
  access_log: { sample: 2 }
  buffer: 4MB
lifecycle:
  drain_wait: 5
  shutdown_timeout: { ms: 1 }
postgres:
  url: mysql://me:hunter2@db
redis: redis://:hunter2@cache
loging: {}
`;

describe('an app whose configuration has many mistakes', () => {
  const start = startingApps();
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'config-'));
    await cp('config', folder, { recursive: true });
    await writeFile(join(folder, 'local.yaml'), MISTAKES);
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('exits with 78 and one message with each mistake, its place and the expected value, without secrets', async () => {
    const app = await start('grpc-server', {
      CONFIG_DIR: folder,
      APP__LOGGING__REDACT: '["a"',
      APP__POSTGRES__SCHEMA_FILE: '/nowhere/schema',
      APP__MANAGEMENT__PORT: 'high',
    });
    expect(await app.exited).toEqual({ code: 78, signal: null });
    const text = app.log.text();
    for (const line of [
      /logging\.levle is not a known key: .*did you mean level\? \(.*local\.yaml:2\)/,
      /logging\.level is "loud": expected .*"info".* \(.*local\.yaml:3\)/,
      /logging\.format is 1: expected .*"json"/,
      /logging\.file is "\/var\/log\/app\.log": expected a section with the keys path, size, interval, keep/,
      /logging\.access_log\.sample is 2: expected .*1/,
      /logging\.buffer is "4MB": expected a size with its unit/,
      /lifecycle\.drain_wait is 5: expected a duration with its unit/,
      /lifecycle\.shutdown_timeout is a section: expected a duration/,
      /postgres\.url is \*{8}: expected an address such as postgres/,
      /redis is \*{8}: expected a section with the keys/,
      /loging is not a known section: .*did you mean logging\?/,
      /logging\.redact is .*: expected a list as JSON \(environment variable APP__LOGGING__REDACT\)/,
      /postgres\.schema is \/nowhere\/schema: expected a file that can be read/,
      /management\.port is "high": expected number \(environment variable APP__MANAGEMENT__PORT\)/,
    ]) {
      expect(text).toMatch(line);
    }
    expect(text).toMatch(/has 14 problems/);
    expect(text).not.toMatch(/hunter2|\n\s+at /);
  });

  it('exits with 78 and names a file that is not YAML together with the other mistakes', async () => {
    await writeFile(join(folder, 'local.yaml'), 'postgres:\n  password: [hunter2\n');
    const app = await start('worker', { CONFIG_DIR: folder, APP__LOGGING__LEVEL: 'loud' });
    expect(await app.exited).toEqual({ code: 78, signal: null });
    expect(app.log.text()).toMatch(
      /local\.yaml is not readable: expected YAML[\s\S]*logging\.level is "loud"/,
    );
    expect(app.log.text()).not.toContain('hunter2');
  });
});

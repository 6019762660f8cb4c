import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { npmEnvironment } from './npm-environment.mjs';

const OWN = join('.stack', 'cache', 'npm');

describe('the environment of npm', () => {
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'home-'));
  });

  afterEach(() => rmSync(home, { recursive: true }));

  it('is that of the user when npm can write its cache', () => {
    const environment = { HOME: home, A: '1' };
    expect(npmEnvironment(environment)).toBe(environment);
    const elsewhere = { HOME: '/proc/nowhere', npm_config_cache: join(home, 'cache') };
    expect(npmEnvironment(elsewhere)).toBe(elsewhere);
  });

  it('has a cache in the clone when no home folder can be created', () => {
    const file = join(home, 'file');
    writeFileSync(file, '', { mode: 0o777 });
    const HOME = join(file, 'below');
    const { npm_config_cache, ...rest } = npmEnvironment({ HOME, A: '1' });
    expect(rest).toEqual({ HOME, A: '1' });
    expect(npm_config_cache).toContain(OWN);
  });
});

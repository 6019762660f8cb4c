import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rewriteQuorumPaths } from './quorum-paths.ts';

describe('the path that a quorum queue keeps', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'mnesia-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const configIn = (checkout: string, path: string) => {
    const file = join(
      home,
      checkout,
      'mnesia',
      'node@localhost',
      'quorum',
      'node@localhost',
      '2F_Q',
      'config',
    );
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, term(path));
    return file;
  };
  const term = (path: string) =>
    `#{cluster_name => '%2F_q',system_config =>\n  #{data_dir =>\n    ${path},\n  name => quorum_queues,wal_data_dir =>\n    ${path}},uid => <<"2F_Q">>}.`;

  it.each([
    ['plain', '"/old/quorum"', 'plain'],
    ['one with a quote and a backslash', '"/o\\"l\\\\d/quorum"', 'plain'],
    ['a list of code points', '[47,\n 8364,100]', 'plain'],
    ['that of a folder with spaces', '"/old"', 'my clone'],
  ])('is changed to its current folder when it was %s', (_case, old, checkout) => {
    const file = configIn(checkout, old);
    rewriteQuorumPaths(join(home, checkout, 'mnesia'));
    expect(readFileSync(file, 'utf8')).toBe(term(`"${dirname(dirname(file))}"`));
  });

  it('is written in ASCII only', () => {
    const file = configIn('é€"', '"/old"');
    rewriteQuorumPaths(join(home, 'é€"', 'mnesia'));
    expect(readFileSync(file, 'utf8')).toContain('/\\x{e9}\\x{20ac}\\x{22}/mnesia/');
  });

  it('is not changed when it is correct', () => {
    const file = configIn('here', '"/old"');
    const mnesia = join(home, 'here', 'mnesia');
    rewriteQuorumPaths(mnesia);
    const { ino } = statSync(file);
    rewriteQuorumPaths(mnesia);
    expect(statSync(file).ino).toBe(ino);
  });
});

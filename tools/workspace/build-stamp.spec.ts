import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildStamp, isCurrent, sourceStamp } from './build-stamp.ts';

describe('the stamp of a build', () => {
  let root: string;
  let stampFile: string;

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const current = () => isCurrent(root, stampFile, sourceStamp(root));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'build-'));
    stampFile = join(root, 'build.json');
    write('apps/gateway/src/main.ts', 'source');
    write('dist/apps/gateway/main.js', 'bundle');
    write('dist/apps/gateway/0.main.js', 'chunk');
    writeFileSync(stampFile, buildStamp(root, sourceStamp(root)));
  });

  afterEach(() => rmSync(root, { recursive: true }));

  it('holds while nothing but times and specs changes', () => {
    write('apps/gateway/src/main.spec.ts', 'spec');
    for (const file of ['apps/gateway/src/main.ts', 'dist/apps/gateway/main.js']) {
      utimesSync(join(root, file), 1, 1);
    }
    expect(current()).toBe(true);
  });

  it.each([
    ['a source was edited', () => write('apps/gateway/src/main.ts', 'edited')],
    ['a source came', () => write('libs/a/src/index.ts', '')],
    ['another build wrote a bundle', () => write('dist/apps/gateway/main.js', 'Bundle')],
    ['another build wrote a chunk', () => write('dist/apps/gateway/0.main.js', 'Chunk')],
    ['another build left a file', () => write('dist/apps/gateway/1.main.js', '')],
    ['a bundle was deleted', () => rmSync(join(root, 'dist/apps/gateway/main.js'))],
    ['a chunk was deleted', () => rmSync(join(root, 'dist/apps/gateway/0.main.js'))],
    ['no build has finished', () => rmSync(stampFile)],
  ])('is out of date when %s', (_case, change) => {
    change();
    expect(current()).toBe(false);
  });
});

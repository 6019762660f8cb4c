import { cpSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { folderIdentity } from './folder-identity.ts';
import { LockFile } from './lock-file.ts';

describe('a lock file', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
    file = join(folder, 'start.lock');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('returns its living holder to a second process', () => {
    const lock = LockFile.take(file, 'start');
    expect(LockFile.take(file, 'start')).toMatchObject({ pid: process.pid, command: 'start' });
    (lock as LockFile)[Symbol.dispose]();
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['a process id that was reused by another process', { pid: process.pid, startedAt: 'another time' }],
    ['a process that has ended', { pid: 2 ** 22 + 1, startedAt: 'some time' }],
  ])('is taken over from %s', (_case, holder) => {
    writeFileSync(
      file,
      JSON.stringify({ ...holder, folder: folderIdentity(folder), command: 'start', since: '' }),
    );
    expect(LockFile.take(file, 'start')).toBeInstanceOf(LockFile);
  });

  it('is not valid in a copy of its folder, but stays valid after a move', () => {
    const copy = `${folder}-copy`;
    try {
      LockFile.take(file, 'start');
      cpSync(folder, copy, { recursive: true, preserveTimestamps: true });
      expect(LockFile.holder(join(copy, 'start.lock'))).toBeUndefined();
      rmSync(copy, { recursive: true });
      renameSync(folder, copy);
      expect(LockFile.holder(join(copy, 'start.lock'))).toMatchObject({ pid: process.pid });
    } finally {
      renameSync(copy, folder);
    }
  });

  it('is taken over when its content is not a lock', () => {
    writeFileSync(file, '');
    expect(LockFile.take(file, 'start')).toBeInstanceOf(LockFile);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { holdsAll, isOnDisk } from './installed-tree.ts';

const locked = {
  '': {},
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/b-darwin': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};

describe('an installed tree', () => {
  it('matches when only packages of other platforms are missing', () => {
    expect(holdsAll({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } }, locked)).toBe(true);
  });

  it('does not match when a package is missing', () => {
    expect(holdsAll({}, locked)).toBe(false);
  });

  it('does not match when a package has another version or other contents', () => {
    expect(holdsAll({ 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }, locked)).toBe(false);
    expect(holdsAll({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } }, locked)).toBe(false);
  });
});

describe('a package in npm’s hidden lock file', () => {
  it('is missing when its folder was deleted', () => {
    const root = mkdtempSync(join(tmpdir(), 'tree-'));
    try {
      const folder = join(root, 'node_modules', 'a');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), '{}');
      const noted = { 'node_modules/a': { version: '1.0.0' } };
      expect(isOnDisk(root, noted)).toBe(true);
      rmSync(folder, { recursive: true });
      expect(isOnDisk(root, noted)).toBe(false);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

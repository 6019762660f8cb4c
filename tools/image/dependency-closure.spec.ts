import { describe, expect, it } from '@jest/globals';
import { dependencyClosure, type LockedPackage } from './dependency-closure.js';

const locked: Record<string, LockedPackage> = {
  'node_modules/a': { dependencies: { b: '^1', c: '^1' } },
  'node_modules/a/node_modules/c': { dependencies: { b: '^1', d: '^1' } },
  'node_modules/b': { peerDependencies: { e: '*', f: '*' }, peerDependenciesMeta: { f: { optional: true } } },
  'node_modules/c': {},
  'node_modules/d': { optionalDependencies: { 'only-elsewhere': '^1' } },
  'node_modules/e': { dependencies: { a: '^1' } },
  'node_modules/f': {},
  'node_modules/only-elsewhere': {},
  'node_modules/nobody-asks': {},
};
const isInstalled = (folder: string) => folder !== 'node_modules/only-elsewhere';

describe('what an image carries of node_modules', () => {
  it('is what its packages stand on, each from where Node.js would take it', () => {
    expect(dependencyClosure(['a'], locked, isInstalled)).toEqual([
      'node_modules/a',
      'node_modules/b',
      'node_modules/e',
      'node_modules/a/node_modules/c',
      'node_modules/d',
    ]);
  });

  it('includes an optional peer where the app itself asks for it', () => {
    expect(dependencyClosure(['b', 'f'], locked, isInstalled)).toContain('node_modules/f');
  });
});

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

describe('the packages of an image', () => {
  it('are all dependencies, each from the folder in which Node.js finds it', () => {
    expect(dependencyClosure(['a'], locked, isInstalled)).toEqual([
      'node_modules/a',
      'node_modules/b',
      'node_modules/e',
      'node_modules/a/node_modules/c',
      'node_modules/d',
    ]);
  });

  it('include an optional peer dependency that the app itself imports', () => {
    expect(dependencyClosure(['b', 'f'], locked, isInstalled)).toContain('node_modules/f');
  });
});

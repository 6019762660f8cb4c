import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Lock, LockedPackage } from './lock.ts';
import { missingPlatforms } from './missing-platforms.ts';
import { unverifiedPackages } from './unverified-packages.ts';

const HASH = `sha512-${'a'.repeat(86)}==`;
const REGISTRY = 'https://registry.npmjs.org';
const HOST = `${REGISTRY}.example`;

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;

describe('the lock', () => {
  it('has a hash for every package (else run npm run lock:complete)', () => {
    expect(unverifiedPackages(lock)).toEqual([]);
  });

  it('names the builds for every platform (else run npm run lock:complete)', () => {
    expect(missingPlatforms(lock).map(({ name }) => name)).toEqual([]);
  });
});

describe('a locked package', () => {
  const isVerified = (entry: LockedPackage): boolean =>
    unverifiedPackages({ packages: { '': {}, 'node_modules/a': entry } }).length === 0;

  it.each<[string, LockedPackage]>([
    ['a hash', { integrity: HASH }],
    ['a hash and an address at the registry', { integrity: HASH, resolved: `${REGISTRY}/a/-/a-1.0.0.tgz` }],
    ['the hash of the package that contains it', { inBundle: true }],
  ])('is verified with %s', (_, entry) => expect(isVerified(entry)).toBe(true));

  it.each<[string, LockedPackage]>([
    ['no hash', {}],
    ['a weak hash', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }],
    ['half a hash', { integrity: HASH.slice(0, 40) }],
    ['an address elsewhere', { integrity: HASH, resolved: `${HOST}/a/-/a-1.0.0.tgz` }],
    ['a repository as its address', { integrity: HASH, resolved: 'git+ssh://git@github.com/a/a.git#1' }],
  ])('is not verified with %s', (_, entry) => expect(isVerified(entry)).toBe(false));
});

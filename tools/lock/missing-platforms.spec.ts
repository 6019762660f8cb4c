import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Lock, missingPlatforms } from './missing-platforms.ts';
import { platformOf } from './platform-of.ts';

describe('the lock', () => {
  it('names the builds for every platform, so that npm ci accepts it (else run npm run lock:complete)', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
    expect(missingPlatforms(lock).map(({ name }) => name)).toEqual([]);
  });

  it.each([
    ['@swc/core-linux-arm64-musl', { os: ['linux'], cpu: ['arm64'], libc: ['musl'] }],
    ['@rspack/binding-win32-x64-msvc', { os: ['win32'], cpu: ['x64'] }],
    ['@oxlint/binding-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'], libc: ['glibc'] }],
    ['@rspack/binding-wasm32-wasi', { cpu: ['wasm32'] }],
  ])('knows where %s runs', (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });
});

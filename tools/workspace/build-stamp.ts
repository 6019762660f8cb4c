import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { gitCommit } from './git-commit.mjs';

/** Everything that a build is made of; specs are not. */
const sources = [
  'apps/**/*',
  'libs/**/*',
  'proto/**/*',
  'nest-cli.json',
  'tsconfig*.json',
  'rspack*',
  'package-lock.json',
];

const outputs = ['dist/apps/**/*'];

/** A fingerprint of files by name and content, so that a checkout which only touches times builds nothing. */
function fingerprint(root: string, patterns: readonly string[], seed: string): string {
  const hash = createHash('sha256').update(seed);
  const files = globSync(patterns, { cwd: root, exclude: ['**/*.spec.ts'] });
  for (const file of files.sort()) {
    const path = resolve(root, file);
    if (!statSync(path).isFile()) continue;
    hash.update(file).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

/**
 * The fingerprint of what the build reads, and of the commit, which a build carries. Taken before the build: an edit
 * during the build makes it stale.
 */
export const sourceStamp = (root: string): string =>
  fingerprint(root, sources, `${process.version} ${gitCommit(root) ?? ''}`);

/**
 * Says which sources became which bundles. The bundles are part of it: `nest build` by hand, a watcher or a deleted
 * chunk changes them while the sources stay, or return to, what they were.
 */
export const buildStamp = (root: string, sourcesBuilt: string): string =>
  `${sourcesBuilt} ${fingerprint(root, outputs, '')}`;

/** Whether the bundles are the ones that a finished build wrote from today's sources. */
export function isCurrent(root: string, stampFile: string, sourcesNow: string): boolean {
  try {
    return readFileSync(stampFile, 'utf8') === buildStamp(root, sourcesNow);
  } catch {
    return false;
  }
}

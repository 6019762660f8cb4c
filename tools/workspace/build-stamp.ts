import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { gitCommit } from './git-commit.mjs';

/** The inputs of a build, without specs. */
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

/** A fingerprint of files by name and content, so that a checkout that changes only times causes no build. */
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
 * The fingerprint of a build's inputs and of the commit, which a build contains. It is computed before the build, so
 * that an edit during the build makes it out of date.
 */
export const sourceStamp = (root: string): string =>
  fingerprint(root, sources, `${process.version} ${gitCommit(root) ?? ''}`);

/**
 * Records which sources produced which bundles. It includes the bundles, because a manual `nest build`, a watcher or a
 * deleted chunk can change them while the sources are the same.
 */
export const buildStamp = (root: string, sourcesBuilt: string): string =>
  `${sourcesBuilt} ${fingerprint(root, outputs, '')}`;

/** Whether the bundles are those that a complete build wrote from the current sources. */
export function isCurrent(root: string, stampFile: string, sourcesNow: string): boolean {
  try {
    return readFileSync(stampFile, 'utf8') === buildStamp(root, sourcesNow);
  } catch {
    return false;
  }
}

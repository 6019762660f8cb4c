import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { gitCommit } from './git-commit.mjs';
import { paths } from './paths.ts';

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

/**
 * A fingerprint of the sources by content, so that a checkout which only touches times builds nothing; and of the
 * commit, which a build carries.
 */
export function sourceStamp(): string {
  const hash = createHash('sha256')
    .update(process.version)
    .update(gitCommit(paths.root) ?? '');
  const files = globSync(sources, { cwd: paths.root, exclude: ['**/*.spec.ts'] });
  for (const file of files.sort()) {
    const path = paths.inClone(file);
    if (!statSync(path).isFile()) continue;
    hash.update(file).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

/** Whether the stamp file says so and every result is there. */
export function isCurrent(stampFile: string, stamp: string, results: readonly string[]): boolean {
  return (
    results.every((file) => existsSync(file)) &&
    existsSync(stampFile) &&
    readFileSync(stampFile, 'utf8') === stamp
  );
}

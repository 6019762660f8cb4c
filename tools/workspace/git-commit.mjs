import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The full hash of a checkout's current commit; undefined without a checkout or without Git. The folder itself must be
 * the checkout: an unpacked archive inside another repository has no commit.
 *
 * @param {string} folder
 * @returns {string | undefined}
 */
export function gitCommit(folder) {
  // In a worktree `.git` is a file.
  if (!existsSync(join(folder, '.git'))) return undefined;
  // In a hook of another repository, variables refer to that repository.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  // Git rejects a checkout that another user owns, such as one that is mounted into a container.
  const command = ['-c', 'safe.directory=*', 'rev-parse', '--verify', 'HEAD'];
  try {
    const options = /** @type {const} */ ({
      cwd: folder,
      env,
      encoding: 'utf8',
      timeout: 5_000,
      stdio: 'pipe',
    });
    return execFileSync('git', command, options).trim();
  } catch {
    return undefined;
  }
}

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Interruption } from '../process/interruption.ts';
import { runCommand } from '../process/run-command.ts';
import { reportFailure } from '../ui/report-failure.ts';
import { terminal } from '../ui/terminal.ts';
import { ToolError } from '../ui/tool.error.ts';
import { npmScript } from '../workspace/npm-command.ts';
import { paths } from '../workspace/paths.ts';
import type { Lock } from './lock.ts';
import { missingPlatforms } from './missing-platforms.ts';
import { unverifiedPackages } from './unverified-packages.ts';

const FILE = 'package-lock.json';
// A lock file without URLs works with every mirror of the registry, and the hashes stay valid.
const options = ['--package-lock-only', '--ignore-scripts', '--omit-lockfile-registry-resolved'];

/**
 * `npm run lock:complete`: run it after `npm install`, before you commit the lock file. If node_modules exists, npm
 * omits the builds for other platforms from the lock file and keeps entries without a hash. So this command deletes
 * the entries without a hash, and npm resolves them again in a folder without node_modules.
 */
async function completeLock(signal: AbortSignal): Promise<void> {
  const lock = readLock(paths.inClone(FILE));
  const unverified = unverifiedPackages(lock);
  mkdirSync(paths.stackFolder, { recursive: true });
  const draft = mkdtempSync(join(paths.stackFolder, 'lock-'));
  try {
    copyFileSync(paths.inClone('package.json'), join(draft, 'package.json'));
    for (const path of unverified) delete lock.packages[path];
    writeFileSync(join(draft, FILE), `${JSON.stringify(lock, null, 2)}\n`);
    const log = paths.log('lock-complete');
    const args = [npmScript(), 'install', ...options];
    const { ok } = await runCommand(process.execPath, args, { cwd: draft, log, signal });
    const remedies = [
      'check the registry that npm uses: npm config get registry',
      `npm’s output is in ${log}`,
    ];
    if (!ok) throw new ToolError('npm could not complete the lock, which stays as it was.', { remedies });
    refuseIncomplete(readLock(join(draft, FILE)), remedies);
    copyFileSync(join(draft, FILE), paths.inClone(FILE));
    terminal.line(`lock: complete, ${unverified.length} packages without a hash were resolved again`);
  } finally {
    rmSync(draft, { recursive: true });
  }
}

function refuseIncomplete(lock: Lock, remedies: readonly string[]): void {
  const evidence = [
    ...unverifiedPackages(lock).map((path) => `${path}: no hash of the npm registry`),
    ...missingPlatforms(lock).map(({ name, version }) => `${name}@${version}: not at the registry`),
  ];
  if (evidence.length === 0) return;
  throw new ToolError('The lock cannot be completed and stays as it was.', { evidence, remedies });
}

function readLock(file: string): Lock {
  return JSON.parse(readFileSync(file, 'utf8')) as Lock;
}

const interruption = new Interruption();
try {
  await completeLock(interruption.signal);
} catch (error) {
  process.exitCode = reportFailure(error);
}

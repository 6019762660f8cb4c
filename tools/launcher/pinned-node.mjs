import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installFromRegistry } from './install-node.mjs';
import { LauncherError } from './launcher-error.mjs';
import { nodePackage } from './node-package.mjs';
import { root, stackFolder } from './paths.mjs';

/** Jest loads NestJS 12 natively from 24.9 on, TypeORM 1.1 requires 24.11. */
const lowest = [24, 11];

/** @param {string} version */
function isRecentEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > lowest[0] || (major === lowest[0] && minor >= lowest[1]);
}

/** Deletes the leftovers of an interrupted installation.
 * @param {string} folder */
function sweepHalfInstalled(folder) {
  for (const name of readdirSync(folder)) {
    const owner = Number(/^installing-(\d+)-/.exec(name)?.[1]);
    if (!owner) continue;
    try {
      process.kill(owner, 0);
    } catch {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}

/**
 * The Node.js to use: the running one if it is recent enough, else the one that .nvmrc pins, which is installed from
 * the npm registry on first use. It gets its final name only when it is complete.
 */
export async function findPinnedNode() {
  if (isRecentEnough(process.versions.node)) return process.execPath;
  const version = readFileSync(join(root, '.nvmrc'), 'utf8').trim();
  const folder = join(stackFolder, 'node');
  const home = join(folder, `${version}-${process.platform}-${process.arch}`);
  const binary = join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;

  const node = nodePackage(version);
  mkdirSync(folder, { recursive: true });
  sweepHalfInstalled(folder);
  const workshop = mkdtempSync(join(folder, `installing-${process.pid}-`));
  try {
    const installed = await installFromRegistry(node, workshop);
    if (existsSync(binary)) return binary; // a second launcher was faster
    renameSync(installed, home);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
  const probe = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (probe.stdout?.trim() === `v${version}`) return binary;
  rmSync(home, { recursive: true, force: true });
  throw new LauncherError(
    `The Node.js ${version} of the npm registry does not run on this machine: ${probe.error?.message ?? probe.stderr}\n` +
      `  → install Node.js ${version} yourself (https://nodejs.org) and run the command again with it on PATH`,
  );
}

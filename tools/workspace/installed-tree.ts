import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { paths } from './paths.ts';

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
}

type LockedPackages = Readonly<Record<string, LockedPackage>>;

const packagesOf = (file: string): LockedPackages =>
  (JSON.parse(readFileSync(file, 'utf8')) as { packages: LockedPackages }).packages;

/** Exists while `npm ci` runs. If it exists afterwards, `npm ci` was interrupted. */
export const installMarker = resolve(paths.stackFolder, 'install-in-progress');

/**
 * Whether `installed` has every package of `locked` in the same version; packages of other platforms may be missing.
 */
export function holdsAll(installed: LockedPackages, locked: LockedPackages): boolean {
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    if (!found) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** Whether each package in npm's hidden lock file is still on the disk; a user may have deleted folders. */
export const isOnDisk = (root: string, installed: LockedPackages): boolean =>
  Object.entries(installed).every(
    ([path, { link }]) => path === '' || link === true || existsSync(resolve(root, path, 'package.json')),
  );

/**
 * Whether node_modules is complete and matches package-lock.json. npm writes its hidden lock file last, so a manual
 * installation is valid too, and an interrupted one is not.
 */
export function isInstalled(): boolean {
  const hidden = resolve(paths.dependencies, '.package-lock.json');
  if (existsSync(installMarker) || !existsSync(hidden)) return false;
  const installed = packagesOf(hidden);
  return (
    holdsAll(installed, packagesOf(paths.inClone('package-lock.json'))) && isOnDisk(paths.root, installed)
  );
}

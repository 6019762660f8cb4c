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

/** Present while `npm ci` runs; found afterwards it means that it was interrupted. */
export const installMarker = resolve(paths.stackFolder, 'install-in-progress');

/** Whether the tree `installed` has every package of `locked` in its version; another platform's may be missing. */
export function holdsAll(installed: LockedPackages, locked: LockedPackages): boolean {
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    if (!found) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** Whether each package that npm has noted is still on the disk, whose folder a person may have deleted. */
export const isOnDisk = (root: string, installed: LockedPackages): boolean =>
  Object.entries(installed).every(
    ([path, { link }]) => path === '' || link === true || existsSync(resolve(root, path, 'package.json')),
  );

/**
 * Whether node_modules is complete and matches package-lock.json. npm writes its hidden lock file last, so that an
 * installation made by hand counts as well as the tool's own, and an interrupted one does not.
 */
export function isInstalled(): boolean {
  const hidden = resolve(paths.dependencies, '.package-lock.json');
  if (existsSync(installMarker) || !existsSync(hidden)) return false;
  const installed = packagesOf(hidden);
  return (
    holdsAll(installed, packagesOf(paths.inClone('package-lock.json'))) && isOnDisk(paths.root, installed)
  );
}

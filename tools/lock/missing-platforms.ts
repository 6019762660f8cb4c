import type { Lock } from './lock.ts';

/** A platform's build of a package that the lock does not name. */
export interface MissingPlatform {
  name: string;
  version: string;
}

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/**
 * Builds for other platforms that packages require by exact version and the lock file omits. npm omits them if the
 * registry does not have them, and then `npm ci` rejects the lock file everywhere.
 */
export function missingPlatforms({ packages }: Lock): MissingPlatform[] {
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .flatMap(([path, parent]) =>
      Object.entries(parent.optionalDependencies ?? {})
        .filter(([name, version]) => EXACT.test(version) && !isLocked(packages, path, name))
        .map(([name, version]) => ({ name, version })),
    );
}

function isLocked(packages: Lock['packages'], path: string, name: string): boolean {
  return `node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages;
}

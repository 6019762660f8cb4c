import type { Lock } from './lock.ts';

const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;
const REGISTRY = 'https://registry.npmjs.org/';

/**
 * The entries of a lock file that npm would install without checking a hash, or that do not come from the npm registry.
 */
export function unverifiedPackages({ packages }: Lock): string[] {
  return Object.entries(packages)
    .filter(([path, { inBundle }]) => path !== '' && !inBundle)
    .filter(([, { integrity = '', resolved = REGISTRY }]) => !isPinned(integrity, resolved))
    .map(([path]) => path);
}

function isPinned(integrity: string, resolved: string): boolean {
  return SHA512.test(integrity) && resolved.startsWith(REGISTRY);
}

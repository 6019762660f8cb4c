import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { stackFolder } from './paths.mjs';

/**
 * The environment for npm. A user without an account has no home folder, and a home folder may be missing or not
 * writable. npm fails then, so it gets a cache below `.stack`.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
export function npmEnvironment(environment = process.env) {
  const home = environment.HOME || accountHome();
  const cache = environment.npm_config_cache || (home && join(home, '.npm'));
  if (home && cache && canBeWritten(cache)) return environment;
  const own = join(stackFolder, 'cache', 'npm');
  return { ...environment, HOME: home || stackFolder, npm_config_cache: own };
}

/** @returns {string | undefined} */
function accountHome() {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

/**
 * Whether the folder, or the nearest one above it that exists, can be written to.
 *
 * @param {string} folder
 * @returns {boolean}
 */
function canBeWritten(folder) {
  let nearest = folder;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
    return statSync(nearest).isDirectory();
  } catch {
    return false;
  }
}

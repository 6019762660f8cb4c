import { homedir } from 'node:os';

/**
 * Gives a process a home folder that runs under a number without an account, as containers do under OpenShift.
 * Node.js throws there when a driver looks for its files in the home folder, and the driver's calls fail. `/` is what
 * container engines say in this case.
 */
export function ensureHomeFolder(
  environment: NodeJS.ProcessEnv = process.env,
  find: () => string = homedir,
): void {
  try {
    find();
  } catch {
    environment['HOME'] = '/';
  }
}

import { homedir } from 'node:os';

/**
 * Sets a home folder for a process whose user id has no account, as in containers under OpenShift. Without it Node.js
 * throws when a driver looks for files in the home folder, and the driver's calls fail. `/` is the value that container
 * engines use in this case.
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

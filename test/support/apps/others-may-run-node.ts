import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whether a test can start Node.js as another user: the test must be root, and the user must be able to read it. */
export function othersMayRunNode(): boolean {
  if (process.getuid?.() !== 0) return false;
  const folders: string[] = [];
  for (let folder = dirname(process.execPath); folder !== dirname(folder); folder = dirname(folder)) {
    folders.push(folder);
  }
  return folders.every((folder) => (statSync(folder).mode & 0o001) !== 0);
}

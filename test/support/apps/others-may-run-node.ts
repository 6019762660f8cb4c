import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Only root can start a process as somebody else, who in turn must reach the program. */
export function othersMayRunNode(): boolean {
  if (process.getuid?.() !== 0) return false;
  const folders: string[] = [];
  for (let folder = dirname(process.execPath); folder !== dirname(folder); folder = dirname(folder)) {
    folders.push(folder);
  }
  return folders.every((folder) => (statSync(folder).mode & 0o001) !== 0);
}

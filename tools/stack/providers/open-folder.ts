import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';

const home = '/var/lib/ganymede';

/** Whether any user can reach a path: every folder above it is open to be passed, and itself to be read. */
export function isOpenToAll(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) break;
  }
  return !existsSync(path) || (statSync(path).mode & 0o004) !== 0;
}

/** Where root keeps what another user must reach when the clone lies in a closed folder, such as /root. */
export function openFolder(owner: string): string {
  const folder = resolve(home, owner);
  mkdirSync(folder, { recursive: true });
  for (const each of [home, folder]) chmodSync(each, 0o755);
  return folder;
}

/** Whether a folder is the one above, and not whatever a person has linked. */
export function isOpenFolder(folder: string, owner: string): boolean {
  return folder === resolve(home, owner);
}

/** Copies a folder to where any user can read it, once, whole or not at all. */
export function copyOpen(source: string, target: string): string {
  if (existsSync(target)) return target;
  const draft = `${target}.new-${process.pid}`;
  cpSync(source, draft, { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'a+rX', draft]);
  try {
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

/** Makes `link` lead to `target` unless something is there already. */
export function linkOnce(link: string, target: string): void {
  if (lstatSync(link, { throwIfNoEntry: false })) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(target, link);
}

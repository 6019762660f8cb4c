import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ToolError } from '../../ui/tool.error.ts';

const home = '/var/lib/ganymede';

/** Whether any user can read a path: every parent folder is searchable, and the path itself is readable. */
export function isOpenToAll(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) break;
  }
  return !existsSync(path) || (statSync(path).mode & 0o004) !== 0;
}

/** Folder of root for data that another user must read when the clone is in a closed folder, such as /root. */
export function openFolder(owner: string): string {
  const folder = resolve(home, owner);
  mkdirSync(folder, { recursive: true });
  for (const each of [home, folder]) chmodSync(each, 0o755);
  return folder;
}

/** Whether a folder is the one above, and not one that the user has linked. */
export function isOpenFolder(folder: string, owner: string): boolean {
  return folder === resolve(home, owner);
}

/** Copies a folder to a location that any user can read; once and atomically. */
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

/**
 * Transfers the data behind a link of a moved or copied checkout into this checkout's own folder. It moves the data if
 * the original link no longer exists, and copies it otherwise. A link that the user created is not changed.
 *
 * @param own the data folder of this checkout
 * @param busy whether a server uses a folder; a copy of it would be inconsistent
 */
export function followLink(link: string, own: string, busy: (folder: string) => boolean): void {
  const target = readlinkSync(link);
  const isOurs = dirname(dirname(target)) === dirname(dirname(own));
  if (!isOurs || target === own) return;
  if (existsSync(target) && !existsSync(own)) {
    const original = existsSync(linkFileOf(target)) ? readFileSync(linkFileOf(target), 'utf8') : undefined;
    const isMoved = original !== undefined && !lstatSync(original, { throwIfNoEntry: false });
    if (busy(target)) {
      throw new ToolError(
        `The data behind ${link} is in use by the checkout that this one was copied from.`,
        {
          remedies: ['stop the servers of that checkout, then run this command again'],
        },
      );
    }
    if (isMoved) renameSync(target, own);
    else copyWhole(target, own);
  }
  rmSync(link);
  linkOnce(link, own);
}

/** A file next to the data with the path of its link, which distinguishes a moved checkout from a copied one. */
const linkFileOf = (target: string): string => `${target}.link`;

function copyWhole(source: string, target: string): void {
  const draft = `${target}.new-${process.pid}`;
  try {
    execFileSync('cp', ['-a', source, draft]);
    renameSync(draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Creates `link` to `target` unless the path already exists. */
export function linkOnce(link: string, target: string): void {
  if (lstatSync(link, { throwIfNoEntry: false })) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(target, link);
  writeFileSync(linkFileOf(target), link);
}

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

/**
 * Brings data that a link of a moved or copied checkout leads to into this checkout's own folder: moved when the
 * original link is gone, copied when it is still there. A link that a person has made stays as it is.
 *
 * @param own where the data of this checkout lies
 * @param busy whether a server works in a folder; a copy of it would be torn
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

/** Beside the data: the link that leads to it, by which a moved checkout is told from a copied one. */
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

/** Makes `link` lead to `target` unless something is there already. */
export function linkOnce(link: string, target: string): void {
  if (lstatSync(link, { throwIfNoEntry: false })) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(target, link);
  writeFileSync(linkFileOf(target), link);
}

import { lstatSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { ToolError } from '../ui/tool.error.ts';
import { paths } from './paths.ts';

/**
 * Reads a file like the apps: UTF-8, with or without a byte order mark.
 *
 * @returns undefined when there is no such file
 * @throws ToolError with exit code 78 when it exists and cannot be read
 */
export function readText(path: string): string | undefined {
  const bytes = readBytes(path);
  if (bytes === undefined) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Bytes that are not UTF-8.
  }
  throw unreadable(path, 'it is not a text in UTF-8', 'save it in that encoding');
}

/** An error in a configuration file. The apps exit with the same code. */
export function unreadable(path: string, why: string, remedy: string): ToolError {
  const name = path.startsWith(paths.root) ? relative(paths.root, path) : path;
  return new ToolError(`${name} cannot be read: ${why}.`, { remedies: [remedy], exitCode: 78 });
}

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !isLink(path)) return undefined;
    throw unreadable(path, message, 'put a file there that this user may read, or remove it');
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

import { lstat, readFile } from 'node:fs/promises';

/** A file's text, or, if it cannot be read, a description of what is expected. */
export type TextReading = { text: string } | { expected: string; missing: boolean };

const READABLE = 'a file that can be read';

/**
 * Reads a text file in UTF-8, with or without a byte order mark. Every other encoding is rejected, because its text
 * would be misread.
 */
export async function readText(path: string): Promise<TextReading> {
  try {
    return decode(await readFile(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' && !(await isLink(path));
    return { expected: `${READABLE}: ${remedyOf(code, missing) ?? message}`, missing };
  }
}

function decode(bytes: Buffer): TextReading {
  try {
    // TextDecoder drops the byte order mark.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return { text };
  } catch {
    // Bytes that are not UTF-8.
  }
  const wide = bytes.includes(0) ? ', this one is UTF-16 or binary' : '';
  return { expected: `a text in UTF-8${wide}: save it in that encoding`, missing: false };
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function remedyOf(code: string | undefined, missing: boolean): string | undefined {
  if (missing) return 'there is none, create it or correct the path';
  switch (code) {
    case 'ENOENT':
      return 'it is a link to a file that does not exist, correct the link';
    case 'EACCES':
    case 'EPERM':
      return `user ${process.getuid?.()} may not read it, change the permissions of the file or of its folder (${code})`;
    case 'EISDIR':
      return 'it is a folder (EISDIR), put a file there; Docker makes a folder where a file to mount is missing';
    default:
      return undefined;
  }
}

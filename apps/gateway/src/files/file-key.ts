import { randomUUID } from 'node:crypto';

const EXTENSION = /\.([a-z0-9]{1,10})$/i;

/**
 * A key that no other upload has: `uploads/2026/11/<UUIDv7>.png`. Of the client's file name only a harmless extension
 * is taken, never a path.
 *
 * @param prefix `s3.key_prefix`
 */
export function newFileKey(prefix: string, fileName: string, now: Date): string {
  const [, extension] = EXTENSION.exec(fileName) ?? [];
  const month = now.toISOString().slice(0, 7).replace('-', '/');
  return `${prefix}${month}/${uuidV7(now)}${extension ? `.${extension.toLowerCase()}` : ''}`;
}

/** @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7 */
function uuidV7(now: Date): string {
  const time = now.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

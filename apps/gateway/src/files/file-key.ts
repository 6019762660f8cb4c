import { uuidV7 } from '@app/ids';

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
  return `${prefix}${month}/${uuidV7(now.getTime())}${extension ? `.${extension.toLowerCase()}` : ''}`;
}

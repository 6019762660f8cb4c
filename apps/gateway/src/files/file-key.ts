import { uuidV7 } from '@app/ids';

const EXTENSION = /\.([a-z0-9]{1,10})$/i;

/**
 * Creates a unique key: `uploads/2026/11/<UUIDv7>.png`. Only a harmless extension of the client's file name is
 * kept, never a path.
 *
 * @param prefix `s3.key_prefix`
 */
export function newFileKey(prefix: string, fileName: string, now: Date): string {
  const [, extension] = EXTENSION.exec(fileName) ?? [];
  const month = now.toISOString().slice(0, 7).replace('-', '/');
  return `${prefix}${month}/${uuidV7(now.getTime())}${extension ? `.${extension.toLowerCase()}` : ''}`;
}

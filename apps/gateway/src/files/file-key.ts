import { randomFillSync } from 'node:crypto';

const EXTENSION = /\.([a-z0-9]{1,10})$/i;

/**
 * A key that no other upload has: `2026/11/<UUIDv7>.png`. Of the client's file name only a harmless extension
 * is taken, never a path.
 */
export function newFileKey(fileName: string, now: Date): string {
  const [, extension] = EXTENSION.exec(fileName) ?? [];
  const month = now.toISOString().slice(0, 7).replace('-', '/');
  return `${month}/${uuidV7(now)}${extension ? `.${extension.toLowerCase()}` : ''}`;
}

/** @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7 */
function uuidV7(now: Date): string {
  const bytes = randomFillSync(Buffer.alloc(16));
  bytes.writeUIntBE(now.getTime(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

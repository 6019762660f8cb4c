import { dashedUuid } from './uuid.js';

/**
 * Creates a UUID of version 8 from a hash: the same hash gives the same id.
 *
 * @param hash at least 32 hexadecimal digits, such as those of a SHA-256
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8
 */
export function uuidV8(hash: string): string {
  return dashedUuid(`${hash.slice(0, 12)}8${hash.slice(13, 16)}a${hash.slice(17, 32)}`);
}

import { matchesEntityTag } from './entity-tag.js';
import type { FileHead } from './stored-file.js';

/** What a caller says about the version of a file that it holds. */
export interface ReadConditions {
  /** As in the HTTP header: entity tags that the caller already holds, or `*`. */
  ifNoneMatch?: string | undefined;
  /** When the caller got what it holds; not looked at beside `ifNoneMatch`. */
  ifModifiedSince?: Date | undefined;
}

export function hasConditions({ ifNoneMatch, ifModifiedSince }: ReadConditions): boolean {
  return ifNoneMatch !== undefined || ifModifiedSince !== undefined;
}

/**
 * Whether the caller already holds this version of the file. Dates count by the second, as HTTP writes them; one
 * that is none is as if it were not there.
 *
 * @see RFC 9110, section 13.2.2
 */
export function isHeld({ ifNoneMatch, ifModifiedSince }: ReadConditions, file: FileHead): boolean {
  if (ifNoneMatch !== undefined) return matchesEntityTag(ifNoneMatch, file.etag);
  if (!ifModifiedSince || !file.lastModified) return false;
  return Math.floor(file.lastModified.getTime() / 1000) <= Math.floor(ifModifiedSince.getTime() / 1000);
}

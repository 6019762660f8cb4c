import type { ConditionalHeaders } from './conditional-headers.js';
import {
  type EntityTag,
  type EntityTags,
  matchesStrongly,
  matchesWeakly,
  parseEntityTag,
} from './entity-tag.js';
import { PreconditionFailedError } from './precondition-failed.error.js';

/** The current version of a resource, with which conditions are compared. */
export interface Representation {
  /** As in the header `ETag`, with its quotes. */
  readonly etag: string;
  /** Compared in whole seconds, as HTTP transmits it. */
  readonly lastModified?: Date | undefined;
}

/** The result of the conditions: perform the request, or answer 304 because the client already has this version. */
export type Outcome = 'perform' | 'not-modified';

const SAFE = new Set(['GET', 'HEAD']);

/**
 * Evaluates the conditions of a request, in the order of RFC 9110, section 13.2.2. Call it last, when the request
 * would succeed without them, so that a missing or forbidden resource is still 404 or 403.
 *
 * @param current undefined when the resource does not exist, which PUT or DELETE may allow
 * @throws PreconditionFailedError 412
 */
export function evaluateConditions(
  method: string,
  conditions: ConditionalHeaders,
  current: Representation | undefined,
): Outcome {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  const isSafe = SAFE.has(method);
  if (ifMatch !== undefined) {
    if (!isNamed(ifMatch, current, matchesStrongly)) throw PreconditionFailedError.of('If-Match');
  } else if (ifUnmodifiedSince && changedAfter(current, ifUnmodifiedSince)) {
    throw PreconditionFailedError.of('If-Unmodified-Since');
  }
  if (ifNoneMatch !== undefined) {
    if (!isNamed(ifNoneMatch, current, matchesWeakly)) return 'perform';
    if (!isSafe) throw PreconditionFailedError.of('If-None-Match');
    return 'not-modified';
  }
  const isHeld =
    isSafe && ifModifiedSince && current?.lastModified && !changedAfter(current, ifModifiedSince);
  return isHeld ? 'not-modified' : 'perform';
}

function isNamed(
  tags: EntityTags,
  current: Representation | undefined,
  matches: (one: EntityTag, other: EntityTag) => boolean,
): boolean {
  if (!current) return false;
  if (tags === '*') return true;
  const own = parseEntityTag(current.etag);
  return own !== undefined && tags.some((tag) => matches(tag, own));
}

/** Without a known last change, conditions on it are ignored. */
function changedAfter(current: Representation | undefined, date: Date): boolean {
  const changed = current?.lastModified;
  return changed !== undefined && seconds(changed) > seconds(date);
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

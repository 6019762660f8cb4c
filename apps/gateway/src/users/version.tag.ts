import { UnknownVersionError } from './users.errors.js';

const TAG = /(W\/)?"([^"]*)"/g;
const VERSION = /^[1-9]\d{0,15}$/;

/** The entity tag of a version: `"3"`. */
export function tagOf(version: number): string {
  return `"${version}"`;
}

/**
 * The versions that an `If-Match` allows, compared strongly; none when it allows any.
 *
 * @throws UnknownVersionError when it names none that could be
 * @see RFC 9110, section 13.1.1
 */
export function expectedVersions(ifMatch: string | undefined): number[] {
  if (ifMatch === undefined || ifMatch.trim() === '*') return [];
  const versions = [...ifMatch.matchAll(TAG)].flatMap(([, weak, text = '']) =>
    weak === undefined && VERSION.test(text) ? [Number(text)] : [],
  );
  if (versions.length === 0) throw UnknownVersionError.in(ifMatch);
  return versions;
}

/**
 * Whether an `If-None-Match` names this version, compared weakly: the client has it already.
 *
 * @see RFC 9110, section 13.1.2
 */
export function isKnown(version: number, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return [...ifNoneMatch.matchAll(TAG)].some(([, , text]) => text === String(version));
}

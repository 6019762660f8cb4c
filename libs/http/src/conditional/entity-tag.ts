/** A version of a resource, as `ETag`, `If-Match`, `If-None-Match` and `If-Range` write it. */
export interface EntityTag {
  /** Whether it was written `W/"…"`: equivalent content, but possibly other bytes. */
  readonly weak: boolean;
  /** The text between the quotes. */
  readonly opaque: string;
}

/** The entity tags of a header, or `*` for any existing version. */
export type EntityTags = '*' | readonly EntityTag[];

const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\uffff]*)"/y;
const SEPARATOR = /[ \t]*(?:,[ \t]*)+/y;

/**
 * Parses the list of an `If-Match` or `If-None-Match`. A list with an invalid member is empty: it matches nothing.
 *
 * @see RFC 9110, sections 8.8.3 and 5.6.1
 */
export function parseEntityTags(header: string): EntityTags {
  if (header.trim() === '*') return '*';
  const text = withoutOuterSeparators(header);
  const tags: EntityTag[] = [];
  for (let at = 0; at < text.length;) {
    const [tag, weak, opaque] = matchAt(TAG, text, at);
    if (tag === undefined || opaque === undefined) return [];
    tags.push({ weak: weak !== undefined, opaque });
    at += tag.length;
    const [separator] = matchAt(SEPARATOR, text, at);
    if (separator === undefined && at < text.length) return [];
    at += separator?.length ?? 0;
  }
  return tags;
}

/** Members at the ends of a list may be empty. No regular expression: it would take quadratic time on many blanks. */
function withoutOuterSeparators(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSeparator(text[start])) start += 1;
  while (end > start && isSeparator(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isSeparator(character: string | undefined): boolean {
  return character === ',' || character === ' ' || character === '\t';
}

/** Parses exactly one tag; undefined for none or several. */
export function parseEntityTag(text: string): EntityTag | undefined {
  const tags = parseEntityTags(text);
  return tags !== '*' && tags.length === 1 ? tags[0] : undefined;
}

/** The strong tag of a version, as in the header `ETag`: `"3"`. */
export function strongEntityTag(version: string | number): string {
  return `"${version}"`;
}

/** Strong comparison: the same bytes, see RFC 9110, section 8.8.3.2. */
export function matchesStrongly(one: EntityTag, other: EntityTag): boolean {
  return !one.weak && !other.weak && one.opaque === other.opaque;
}

/** Weak comparison: equivalent content, see RFC 9110, section 8.8.3.2. */
export function matchesWeakly(one: EntityTag, other: EntityTag): boolean {
  return one.opaque === other.opaque;
}

function matchAt(pattern: RegExp, text: string, at: number): readonly (string | undefined)[] {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? [];
}

import type { FastifyRequest } from 'fastify';
import { matchesStrongly, parseEntityTag } from './entity-tag.js';
import { parseHttpDate } from './http-date.js';
import type { Representation } from './preconditions.js';

/** A part of a representation: from `start` to `end` (both included; open when missing), or its last bytes. */
export type RequestedRange =
  { readonly start: number; readonly end?: number | undefined } | { readonly suffix: number };

/**
 * The part that a `Range` asks for. Undefined, which is the whole, for what is not understood, for other units than
 * bytes, and for several ranges at once: a server may ignore the header.
 *
 * @see RFC 9110, section 14.2
 */
export function parseRange(header: string | undefined): RequestedRange | undefined {
  const [, set] = /^bytes=(.*)$/i.exec(header?.trim() ?? '') ?? [];
  const [only, ...others] = (set ?? '').split(',').flatMap((part) => part.trim() || []);
  const [, start, end] = /^(\d*)-(\d*)$/.exec(others.length > 0 ? '' : (only ?? '')) ?? [];
  if (start === undefined || end === undefined || (start === '' && end === '')) return undefined;
  if (start === '') return { suffix: toNumber(end) };
  if (end === '') return { start: toNumber(start) };
  return toNumber(end) < toNumber(start) ? undefined : { start: toNumber(start), end: toNumber(end) };
}

/**
 * The part that a GET is to be answered with: its `Range`, unless `If-Range` names another version. A part of a
 * version that the client does not have is of no use to it. Call it after the other conditions.
 *
 * @see RFC 9110, sections 13.1.5 and 13.2.2
 */
export function requestedRange(
  { method, headers }: Pick<FastifyRequest, 'method' | 'headers'>,
  current: Representation,
): RequestedRange | undefined {
  const range = method === 'GET' ? parseRange(headers.range) : undefined;
  const version = headers['if-range'];
  if (!range || version === undefined) return range;
  return isVersion(String(version), current) ? range : undefined;
}

/** `If-Range` wants the very version: a strong entity tag, or exactly the date of the last change. */
function isVersion(version: string, { etag, lastModified }: Representation): boolean {
  const [tag, own] = [parseEntityTag(version), parseEntityTag(etag)];
  if (tag) return own !== undefined && matchesStrongly(tag, own);
  const date = parseHttpDate(version);
  if (!date || !lastModified) return false;
  return Math.floor(lastModified.getTime() / 1000) === Math.floor(date.getTime() / 1000);
}

/** No file has more bytes than a number counts exactly. */
function toNumber(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

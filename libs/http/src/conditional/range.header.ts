import type { FastifyRequest } from 'fastify';
import { matchesStrongly, parseEntityTag } from './entity-tag.js';
import { parseHttpDate } from './http-date.js';
import type { Representation } from './preconditions.js';

/** A part of a representation: from `start` to `end` (both included, `end` optional), or its last bytes. */
export type RequestedRange =
  { readonly start: number; readonly end?: number | undefined } | { readonly suffix: number };

/**
 * Parses a `Range`. Undefined means the whole representation: for an invalid header, for other units than bytes, and
 * for several ranges. A server may ignore the header.
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
 * The part with which to answer a GET: its `Range`, unless `If-Range` names another version. A part of a version that
 * the client does not have is useless to it. Call it after the other conditions.
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

/** `If-Range` requires exactly this version: a strong entity tag, or the exact date of the last change. */
function isVersion(version: string, { etag, lastModified }: Representation): boolean {
  const [tag, own] = [parseEntityTag(version), parseEntityTag(etag)];
  if (tag) return own !== undefined && matchesStrongly(tag, own);
  const date = parseHttpDate(version);
  if (!date || !lastModified) return false;
  return Math.floor(lastModified.getTime() / 1000) === Math.floor(date.getTime() / 1000);
}

/** Larger numbers are limited to the largest exact integer; no file has so many bytes. */
function toNumber(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

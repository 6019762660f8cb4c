import type { ByteRange } from '@app/s3';

/**
 * The part that a `Range` header asks for. Undefined, which is the whole file, for what is not understood and
 * for several ranges at once: a server may ignore the header.
 *
 * @see RFC 9110, section 14.2
 */
export function parseRange(header: string | undefined): ByteRange | undefined {
  const [, start, end] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.trim() ?? '') ?? [];
  if (start === undefined || end === undefined || (start === '' && end === '')) return undefined;
  if (start === '') return { suffix: Number(end) };
  if (end === '') return { start: Number(start) };
  return Number(end) < Number(start) ? undefined : { start: Number(start), end: Number(end) };
}

import { RangeNotSatisfiableError } from './s3.errors.js';

/** A part of a file: from `start` to `end` (both included; open at the end when missing), or its last bytes. */
export type ByteRange =
  { readonly start: number; readonly end?: number | undefined } | { readonly suffix: number };

/** A part of a file as it was found, both ends included. */
export interface ResolvedRange {
  readonly start: number;
  readonly end: number;
}

/** The `Range` header that asks for a part. */
export function toRangeHeader({ start, end }: { start: number; end?: number | undefined }): string {
  return `bytes=${start}-${end ?? ''}`;
}

/**
 * Where the last bytes of a file begin.
 *
 * @throws RangeNotSatisfiableError when there are none
 */
export function suffixToStart(suffix: number, size: number): { start: number } {
  if (suffix === 0 || size === 0) throw RangeNotSatisfiableError.of(size);
  return { start: Math.max(0, size - suffix) };
}

/** Reads a `Content-Range` such as `bytes 0-99/1234`; undefined when the whole file came. */
export function parseContentRange(
  header: string | undefined,
): (ResolvedRange & { size: number }) | undefined {
  const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? '') ?? [];
  return size === undefined ? undefined : { start: Number(start), end: Number(end), size: Number(size) };
}

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
export function toRangeHeader({ start, end }: ResolvedRange): string {
  return `bytes=${start}-${end}`;
}

/**
 * What a range is of a file of this size, in bytes.
 *
 * @throws RangeNotSatisfiableError when it has no byte of the file
 */
export function resolveRange(range: ByteRange, size: number): ResolvedRange {
  const start = 'suffix' in range ? Math.max(0, size - range.suffix) : range.start;
  const end = 'suffix' in range ? size - 1 : Math.min(range.end ?? size, size - 1);
  if (start > end) throw RangeNotSatisfiableError.of(size);
  return { start, end };
}

/** Reads a `Content-Range` such as `bytes 0-99/1234`; undefined when the whole file came. */
export function parseContentRange(
  header: string | undefined,
): (ResolvedRange & { size: number }) | undefined {
  const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? '') ?? [];
  return size === undefined ? undefined : { start: Number(start), end: Number(end), size: Number(size) };
}

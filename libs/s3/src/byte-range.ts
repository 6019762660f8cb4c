import { RangeNotSatisfiableError } from './s3.errors.js';

/**
 * A part of a file: from `start` to `end`, both included (without `end`: to the end of the file), or its last
 * bytes.
 */
export type ByteRange =
  { readonly start: number; readonly end?: number | undefined } | { readonly suffix: number };

/** A part of a file with known bounds, both ends included. */
export interface ResolvedRange {
  readonly start: number;
  readonly end: number;
}

/** Writes the `Range` header that requests a part. */
export function toRangeHeader({ start, end }: ResolvedRange): string {
  return `bytes=${start}-${end}`;
}

/**
 * Resolves a range against the size of a file, in bytes.
 *
 * @throws RangeNotSatisfiableError when the file has no byte in the range
 */
export function resolveRange(range: ByteRange, size: number): ResolvedRange {
  const start = 'suffix' in range ? Math.max(0, size - range.suffix) : range.start;
  const end = 'suffix' in range ? size - 1 : Math.min(range.end ?? size, size - 1);
  if (start > end) throw RangeNotSatisfiableError.of(size);
  return { start, end };
}

/** Reads a `Content-Range` such as `bytes 0-99/1234`; undefined when the reply has the whole file. */
export function parseContentRange(
  header: string | undefined,
): (ResolvedRange & { size: number }) | undefined {
  const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? '') ?? [];
  return size === undefined ? undefined : { start: Number(start), end: Number(end), size: Number(size) };
}

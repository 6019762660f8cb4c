/** A part of a file: from `start` to `end` (both included; open at the end when missing), or its last bytes. */
export type ByteRange =
  { readonly start: number; readonly end?: number | undefined } | { readonly suffix: number };

/** A part of a file as it was found, both ends included. */
export interface ResolvedRange {
  readonly start: number;
  readonly end: number;
}

/** The `Range` header that asks for a part. */
export function toRangeHeader(range: ByteRange): string {
  return 'suffix' in range ? `bytes=-${range.suffix}` : `bytes=${range.start}-${range.end ?? ''}`;
}

/** Reads a `Content-Range` such as `bytes 0-99/1234`; undefined when the whole file came. */
export function parseContentRange(
  header: string | undefined,
): (ResolvedRange & { size: number }) | undefined {
  const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? '') ?? [];
  return size === undefined ? undefined : { start: Number(start), end: Number(end), size: Number(size) };
}

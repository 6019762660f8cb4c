/** Compares keys by their bytes, as the object store sorts its lists. JavaScript compares UTF-16 code units instead. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

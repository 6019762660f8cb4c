/** UTF-8 bytes as characters: strings then compare in the order that S3 lists keys in. */
export const toBytes = (text: string): string => Buffer.from(text).toString('latin1');
export const fromBytes = (bytes: string): string => Buffer.from(bytes, 'latin1').toString();

export interface Page {
  readonly keys: readonly string[];
  /** Common prefixes, up to the delimiter and with it. */
  readonly prefixes: readonly string[];
  /** The last entry, when more follow. */
  readonly next?: string;
}

export interface PageRequest {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  /** Entries up to this one are omitted. */
  readonly after: string;
  readonly limit: number;
}

/** The keys of a bucket in order. */
export class SortedKeys {
  private readonly keys: string[];

  constructor(keys: Iterable<string>) {
    this.keys = Array.from(keys, toBytes).sort((a, b) => (a < b ? -1 : 1));
  }

  add(key: string): void {
    const bytes = toBytes(key);
    const index = this.search(bytes);
    if (this.keys[index] !== bytes) this.keys.splice(index, 0, bytes);
  }

  delete(key: string): void {
    const bytes = toBytes(key);
    const index = this.search(bytes);
    if (this.keys[index] === bytes) this.keys.splice(index, 1);
  }

  page(request: PageRequest): Page {
    const [prefix, delimiter, after] = [request.prefix, request.delimiter, request.after].map(toBytes) as [
      string,
      string,
      string,
    ];
    const found: { entry: string; isPrefix: boolean }[] = [];
    let index = this.search(after > prefix ? after : prefix);
    for (let key = this.keys[index]; key?.startsWith(prefix); key = this.keys[index]) {
      if (found.length > request.limit) break;
      const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      const entry = end < 0 ? key : key.slice(0, end + delimiter.length);
      if (entry > after) found.push({ entry, isPrefix: end >= 0 });
      // No byte of UTF-8 is 0xff: this sorts after every key with the prefix.
      index = end < 0 ? index + 1 : this.search(`${entry}\xff`);
    }
    const entries = found.slice(0, request.limit);
    const last = entries.at(-1)?.entry;
    const select = (isPrefix: boolean): string[] =>
      entries.filter((each) => each.isPrefix === isPrefix).map(({ entry }) => fromBytes(entry));
    const next = found.length > entries.length && last !== undefined ? { next: fromBytes(last) } : {};
    return { keys: select(false), prefixes: select(true), ...next };
  }

  /** The index of the first key that is greater than or equal to this one. */
  private search(bytes: string): number {
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.keys[middle] ?? '') < bytes) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

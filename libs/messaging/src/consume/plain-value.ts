/** A value that JSON, PostgreSQL's jsonb and AMQP can all represent. */
export type PlainValue =
  string | number | boolean | null | readonly PlainValue[] | { readonly [key: string]: PlainValue };

const MAX_DEPTH = 5;
const MAX_VALUES = 256;
const MAX_TEXT = 1_024;
/** Total characters of all texts, keys included. */
const MAX_CHARACTERS = 16_384;

/**
 * Converts values of an untrusted publisher to plain values of bounded size. It reads them in order and omits what is
 * beyond its bounds. Its result cannot make a later step fail, for example by a character that a column rejects.
 */
export class PlainReader {
  private values = MAX_VALUES;
  private characters = MAX_CHARACTERS;

  /** Returns undefined when the value cannot be represented. */
  read(value: unknown, depth = 0): PlainValue | undefined {
    if (this.values <= 0 || depth > MAX_DEPTH) return undefined;
    this.values -= 1;
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'number') return plainNumber(value);
    if (typeof value === 'string') return this.text(value);
    if (value instanceof Uint8Array) return this.text(Buffer.from(value).toString('base64', 0, MAX_TEXT));
    if (Array.isArray(value)) return this.list(value, depth);
    return typeof value === 'object' ? this.table(Object.entries(value), depth) : undefined;
  }

  /** The entries that can be kept. */
  table(entries: readonly (readonly [string, unknown])[], depth = 0): Record<string, PlainValue> {
    const kept: Record<string, PlainValue> = Object.create(null) as Record<string, PlainValue>;
    for (const [key, value] of entries) {
      const name = key.length <= MAX_TEXT ? this.text(key) : undefined;
      const plain = name === undefined ? undefined : this.read(value, depth + 1);
      if (name !== undefined && plain !== undefined) kept[name] = plain;
    }
    return { ...kept };
  }

  private list(values: readonly unknown[], depth: number): PlainValue[] {
    const kept: PlainValue[] = [];
    for (const value of values.slice(0, MAX_VALUES)) {
      const plain = this.read(value, depth + 1);
      if (plain !== undefined) kept.push(plain);
    }
    return kept;
  }

  private text(value: string): string | undefined {
    const text = plainText(value, MAX_TEXT);
    if (text.length > this.characters) return undefined;
    this.characters -= text.length;
    return text;
  }
}

/** AMQP writes large numbers as 64-bit integers, and not every number fits. So these are written as text. */
function plainNumber(value: number): number | string | undefined {
  if (!Number.isFinite(value)) return undefined;
  return Math.abs(value) <= 2 ** 50 ? value : String(value);
}

/** Cuts a text to `maximum` characters, removes NUL (PostgreSQL rejects it), and replaces lone surrogates. */
export function plainText(text: string, maximum: number): string {
  return text.slice(0, maximum).replaceAll('\0', '').toWellFormed();
}

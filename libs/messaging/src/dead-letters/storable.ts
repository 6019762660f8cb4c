/** Deeper, PostgreSQL's own limit would come into sight; nobody reads so far. */
const MAX_DEPTH = 20;

/**
 * A value from outside in a form that jsonb takes: strings without NUL and lone surrogates, bytes as base64, whole
 * numbers beyond what JSON can say as text, and nothing nested too deep. What is storable already stays as it is.
 */
export function storable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map((item) => storable(item, depth + 1));
  const entries = Object.entries(value).map(([key, item]) => [storableText(key), storable(item, depth + 1)]);
  return Object.fromEntries(entries);
}

/** PostgreSQL knows neither NUL nor halves of a character. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

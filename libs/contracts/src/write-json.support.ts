/** Characters that JSON escapes, and halves of surrogate pairs. */
// oxlint-disable-next-line no-control-regex
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** @internal */
export function writeText(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** A double, which may have no number in JSON. @internal */
export function writeDouble(number: number): string {
  return Number.isFinite(number) ? String(number) : `"${number}"`;
}

/** @internal */
export function writeBytes(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`;
}

/** @internal */
export function writeTimestamp(time: Date): string {
  return `"${time.toISOString()}"`;
}

/** Any JSON value. @internal */
export function writeValue(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/** @internal */
export function writeList<T>(list: readonly T[], write: (item: T) => string): string {
  let json = '[';
  for (let index = 0; index < list.length; index++) {
    if (index > 0) json += ',';
    json += write(list[index]);
  }
  return `${json}]`;
}

/** @internal */
export function writeMap<T>(map: Readonly<Record<string, T>>, write: (item: T) => string): string {
  let json = '';
  for (const key of Object.keys(map)) json += `,${writeText(key)}:${write(map[key])}`;
  return `{${json.slice(1)}}`;
}

/** An enum value by its name; one that this version does not know, by its number. @internal */
export function writeEnum(value: number, names: ReadonlyMap<number, string>): string {
  return names.get(value) ?? String(value);
}

/** The members of a map with keys of bool. @internal */
export function fromBoolMap<T>(map: ReadonlyMap<boolean, T>): Record<string, T> {
  return Object.fromEntries([...map].map(([key, item]) => [String(key), item]));
}

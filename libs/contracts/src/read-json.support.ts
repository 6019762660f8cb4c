import { violate } from './validation.support.js';
import type { Violations } from './violation.js';

/** An object of parsed JSON. @internal */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value of parsed JSON is an object. Otherwise that is an issue of the whole value. @internal */
export function isJsonObject(json: unknown, issues: Violations): json is JsonObject {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return true;
  violate(issues, '', 'must be an object');
  return false;
}

/** Records a name that no field has. @internal */
export function refuseUnknown(name: string, issues: Violations): void {
  violate(issues, shorten(name), 'is not a known field');
}

/** Records that a field was given twice, by its name and by its alias, or as two members of one oneof. @internal */
export function refuseSecond(name: string, names: string, issues: Violations): void {
  violate(issues, name, `must not be given together with another of ${names}`);
}

/** @internal */
export function readString(value: unknown, name: string, issues: Violations): string {
  if (typeof value === 'string') return value;
  violate(issues, name, 'must be a text');
  return '';
}

/** @internal */
export function readBool(value: unknown, name: string, issues: Violations): boolean {
  if (typeof value === 'boolean') return value;
  violate(issues, name, 'must be true or false');
  return false;
}

/** @internal */
export function readInt32(value: unknown, name: string, issues: Violations): number {
  return readInteger(value, name, issues, -0x8000_0000, 0x7fff_ffff);
}

/** @internal */
export function readUint32(value: unknown, name: string, issues: Violations): number {
  return readInteger(value, name, issues, 0, 0xffff_ffff);
}

/** A 64-bit integer; a double holds it exactly within ±(2^53-1). @internal */
export function readInt64(value: unknown, name: string, issues: Violations): number {
  return readInteger(value, name, issues, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}

/** @internal */
export function readUint64(value: unknown, name: string, issues: Violations): number {
  return readInteger(value, name, issues, 0, Number.MAX_SAFE_INTEGER);
}

function readInteger(value: unknown, name: string, issues: Violations, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most && Number.isInteger(value)) return value;
  const isWhole = typeof value === 'number' && Number.isInteger(value);
  violate(issues, name, isWhole ? `must be at least ${least} and at most ${most}` : 'must be a whole number');
  return 0;
}

const MAX_FLOAT = 3.4028234663852886e38;
const NAMED_NUMBERS = new Map<unknown, number>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** @internal */
export function readDouble(value: unknown, name: string, issues: Violations): number {
  // JSON.parse makes Infinity of 1e400.
  const number = Number.isFinite(value) ? (value as number) : NAMED_NUMBERS.get(value);
  if (number !== undefined) return number;
  const isTooLarge = typeof value === 'number';
  violate(issues, name, isTooLarge ? 'must be a number within ±1.8e308' : 'must be a number');
  return 0;
}

/** @internal */
export function readFloat(value: unknown, name: string, issues: Violations): number {
  const number = readDouble(value, name, issues);
  if (!Number.isFinite(number) || Math.abs(number) <= MAX_FLOAT) return number;
  violate(issues, name, `must be at least -${MAX_FLOAT} and at most ${MAX_FLOAT}`);
  return 0;
}

const BASE64 = /^[A-Za-z0-9+/_-]*(={0,2})$/;

/** Base64, in the standard or the URL-safe alphabet, with or without padding. @internal */
export function readBytes(value: unknown, name: string, issues: Violations): Buffer {
  const [text = '', padding] = (typeof value === 'string' && BASE64.exec(value)) || [];
  if (padding === '' || (padding !== undefined && text.length % 4 === 0)) {
    const bytes = Buffer.from(text, 'base64');
    const content = text.slice(0, text.length - padding.length);
    // Equal only when no character was left over.
    if (bytes.toString('base64url') === content.replaceAll('+', '-').replaceAll('/', '_')) return bytes;
  }
  violate(issues, name, 'must be base64');
  return Buffer.alloc(0);
}

/** Any JSON value. @internal */
export function readValue(value: unknown): unknown {
  return value;
}

/** @internal */
export function readStruct(value: unknown, name: string, issues: Violations): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  violate(issues, name, 'must be an object');
  return {};
}

/** @internal */
export function readListValue(value: unknown, name: string, issues: Violations): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  violate(issues, name, 'must be a list');
  return [];
}

/** An empty object. @internal */
export function readEmpty(value: unknown, name: string, issues: Violations): Record<string, never> {
  const fields = Object.keys(readStruct(value, name, issues));
  for (const field of fields)
    violate(issues, name === '' ? field : `${name}.${field}`, 'is not a known field');
  return {};
}

type Reader<T> = (value: unknown, name: string, issues: Violations) => T;

/** How many messages the decoders of protobuf accept below the outermost one. */
const MAX_DEPTH = 99;
/** The depth of the message that is being read. Reading is synchronous, so one variable suffices. */
let depth = 0;

/** Reads a nested message, whose issues are recorded below its name. @internal */
export function readWithin<T>(
  value: unknown,
  name: string,
  issues: Violations,
  read: (json: unknown, issues: Violations) => T,
): T {
  return readPart(value, name, issues, (part, _name, found) => read(part, found));
}

/** @internal */
export function readList<T>(value: unknown, name: string, issues: Violations, read: Reader<T>): T[] {
  const list: T[] = [];
  if (!Array.isArray(value)) {
    violate(issues, name, 'must be a list');
    return list;
  }
  for (let index = 0; index < value.length; index++) {
    const before = issues.length;
    list.push(readPart(value[index], '', issues, read));
    if (issues.length !== before) addPrefix(issues, before, `${name}[${index}]`);
  }
  return list;
}

/** @internal */
export function readMap<T>(
  value: unknown,
  name: string,
  issues: Violations,
  isKey: (key: string) => boolean,
  read: Reader<T>,
): Record<string, T> {
  const map: Record<string, T> = {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    violate(issues, name, 'must be an object');
    return map;
  }
  for (const [key, item] of Object.entries(value)) {
    const before = issues.length;
    if (isKey(key)) map[key] = readEntry(item, issues, read);
    else violate(issues, '', 'is not a valid key');
    if (issues.length !== before) addPrefix(issues, before, `${name}.${shorten(key)}`);
  }
  return map;
}

/** On the wire, a value of a map is within a message of its own. */
function readEntry<T>(value: unknown, issues: Violations, read: Reader<T>): T {
  depth += 1;
  try {
    return readPart(value, '', issues, read);
  } finally {
    depth -= 1;
  }
}

function readPart<T>(value: unknown, name: string, issues: Violations, read: Reader<T>): T {
  const before = issues.length;
  depth += 1;
  try {
    if (depth <= MAX_DEPTH) return read(value, '', issues);
    violate(issues, '', `is nested deeper than ${MAX_DEPTH} levels`);
    return read({}, '', issues);
  } finally {
    depth -= 1;
    if (name !== '' && issues.length !== before) addPrefix(issues, before, name);
  }
}

const INTEGER = /^(?:0|-?[1-9]\d{0,15})$/;

/** Whether the key of a map is an integer of at least `least`, in its shortest form. @internal */
export function integerKey(least: number, most: number): (key: string) => boolean {
  return (key) => INTEGER.test(key) && Number(key) >= least && Number(key) <= most;
}

/** @internal */
export const boolKey = (key: string): boolean => key === 'true' || key === 'false';

/** The map with keys of bool. @internal */
export function boolMap<T>(map: Record<string, T>): Map<boolean, T> {
  return new Map(Object.entries(map).map(([key, item]) => [key === 'true', item]));
}

/** @internal */
export const textKey = (): boolean => true;

/** Reads the value of an enum by its name, or by its number when `values` has numbers. @internal */
export function readEnum(
  value: unknown,
  name: string,
  issues: Violations,
  values: ReadonlyMap<unknown, number>,
): number {
  const found = values.get(value);
  if (found !== undefined) return found;
  const names = [...values.keys()].filter((key) => typeof key === 'string');
  violate(issues, name, `must be one of ${names.join(', ')}`);
  return 0;
}

function addPrefix(issues: Violations, from: number, prefix: string): void {
  for (let index = from; index < issues.length; index++) {
    const { path, message } = issues[index];
    const joined = path === '' || prefix === '' || path.startsWith('[') ? prefix + path : `${prefix}.${path}`;
    issues[index] = { path: joined, message };
  }
}

/** In characters; a name that a client made up may be a megabyte. */
const MAX_NAME = 60;

function shorten(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…`.toWellFormed() : name;
}

import { readList, refuseUnknown } from './read-json.support.js';
import { violate } from './validation.support.js';
import type { Violations } from './violation.js';

/** The parameters of a query. A repeated parameter is a list. @internal */
export type QueryInput = Readonly<Record<string, string | string[] | undefined>>;

/** The value of a parameter that may occur once. @internal */
export function single(value: string | string[] | undefined, name: string, issues: Violations): string {
  if (typeof value === 'string') return value;
  violate(issues, name, 'is given more than once');
  return value?.[0] ?? '';
}

/** The value of a header; undefined when the request does not have it. @internal */
export function headerText(
  value: string | string[] | undefined,
  name: string,
  issues: Violations,
): string | undefined {
  const text = Array.isArray(value) ? value.join(', ') : value;
  if (text === '') violate(issues, name, 'must not be empty');
  return text;
}

type Reader<T> = (value: unknown, name: string, issues: Violations) => T;

/** Adds the values of a parameter that may be repeated. @internal */
export function readTexts<T>(
  value: string | string[] | undefined,
  name: string,
  issues: Violations,
  read: Reader<T>,
): T[] {
  return readList(Array.isArray(value) ? value : [value], name, issues, read);
}

const INTEGER = /^-?\d{1,20}$/;
const NUMBER = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number that a text means, for the reader of an integer; another text stays as it is and is refused. @internal */
export function integerOf(text: unknown): unknown {
  return typeof text === 'string' && INTEGER.test(text) ? Number(text) : text;
}

/** @internal */
export function numberOf(text: unknown): unknown {
  return typeof text === 'string' && NUMBER.test(text) ? Number(text) : text;
}

/** @internal */
export function boolOf(text: unknown): unknown {
  if (text === 'true') return true;
  return text === 'false' ? false : text;
}

/** The name or the number of an enum value. @internal */
export function enumOf(text: unknown, values: ReadonlyMap<unknown, number>): unknown {
  return values.has(text) ? text : integerOf(text);
}

/** Refuses every parameter of a request that has none. @internal */
export function refuseQuery(query: QueryInput, issues: Violations): void {
  for (const name in query) refuseUnknown(name, issues);
}

import type { Violation } from './violation.js';

/** The shared answer of every valid message, so that the hot path allocates nothing. @internal */
export const VALID: readonly Violation[] = Object.freeze([]);

/** The HTML standard's e-mail pattern, which `buf.validate` prescribes. @internal */
export const EMAIL =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/u;

/** RFC 9562 text form, any version. @internal */
export const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/u;

/** Length in Unicode code points, as `buf.validate` counts. @internal */
export function characters(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; count++) index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  return count;
}

/** Moves the violations of a nested message below the field that holds it. @internal */
export function within(path: string, nested: readonly Violation[]): Violation[] {
  return nested.map(({ path: inner, message }) => ({ path: `${path}.${inner}`, message }));
}

import type { Violation } from './violation.js';

/** The shared result for every valid message, so that the hot path allocates nothing. @internal */
export const VALID: readonly Violation[] = Object.freeze([]);

/** The HTML standard's e-mail pattern, which `buf.validate` prescribes. @internal */
export const EMAIL =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/u;

/** RFC 9562 text form, any version. @internal */
export const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/u;

/** Length in Unicode code points, as `buf.validate` counts. @internal */
export function characters(text: string): number {
  let count = 0;
  for (const _character of text) count++;
  return count;
}

/** Adds a violation; creates the list for the first one. @internal */
export function violate(found: Violation[] | undefined, path: string, message: string): Violation[] {
  const violations = found ?? [];
  violations.push({ path, message });
  return violations;
}

/** Adds the violations of a nested message, below the field that holds it. @internal */
export function violateWithin(
  found: Violation[] | undefined,
  path: string,
  nested: readonly Violation[],
): Violation[] | undefined {
  let violations = found;
  for (const inner of nested) violations = violate(violations, `${path}.${inner.path}`, inner.message);
  return violations;
}

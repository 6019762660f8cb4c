import { type Violation, violationCount, type Violations } from './violation.js';

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

/** How many violations of a message are listed; further ones are counted. A list may have a million invalid items. */
const MAX_VIOLATIONS = 100;

/** Adds a violation. Creates the list for the first one. @internal */
export function violate(found: Violations | undefined, path: string, message: string): Violations {
  const violations: Violations = found ?? [];
  if (violations.length < MAX_VIOLATIONS) violations.push({ path, message });
  else violations.beyond = (violations.beyond ?? 0) + 1;
  return violations;
}

/** Adds the violations of a nested message, below the field that holds it. @internal */
export function violateWithin(
  found: Violations | undefined,
  path: string,
  nested: readonly Violation[],
): Violations | undefined {
  if (nested.length === 0) return found;
  const violations: Violations = found ?? [];
  const kept = nested.slice(0, MAX_VIOLATIONS - violations.length);
  for (const inner of kept) violations.push({ path: `${path}.${inner.path}`, message: inner.message });
  const beyond = violationCount(nested) - kept.length;
  if (beyond > 0) violations.beyond = (violations.beyond ?? 0) + beyond;
  return violations;
}

/** The validator of a message of a library, which has no rules. @internal */
export function acceptAny(): readonly Violation[] {
  return VALID;
}

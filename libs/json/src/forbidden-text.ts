import type { JsonFault } from './json.fault.js';
import { pathOf } from './json.path.js';

/** A value, and its path. */
interface Place {
  readonly value: unknown;
  readonly key: string | number;
  readonly above: Place | undefined;
}

/** Whether PostgreSQL can store a text in every column: it has no NUL and no half of a surrogate pair. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * Finds a text in a value, including names, that PostgreSQL cannot store. The value is a tree of plain objects and
 * lists of any depth; bytes and dates are not searched.
 *
 * @param isAllowed which texts to accept. @default isStorableText
 */
export function findUnstorable(value: unknown, isAllowed = isStorableText): JsonFault | undefined {
  return find(value, isAllowed, (name) => (isAllowed(name) ? undefined : UNSTORABLE));
}

/** Like `findUnstorable`; also finds the name `__proto__`, which in a later assignment would set the prototype. */
export function findForbidden(value: unknown): JsonFault | undefined {
  return find(value, isStorableText, (name) => {
    if (name === '__proto__') return { kind: 'changed', message: 'is not an allowed name' };
    return isStorableText(name) ? undefined : UNSTORABLE;
  });
}

type Refusal = Pick<JsonFault, 'kind' | 'message'>;

const UNSTORABLE: Refusal = {
  kind: 'unstorable',
  message: 'must not contain the character U+0000 or half of a surrogate pair',
};

function find(
  root: unknown,
  isAllowed: (text: string) => boolean,
  refuseName: (name: string) => Refusal | undefined,
): JsonFault | undefined {
  const open: Place[] = [{ value: root, key: '', above: undefined }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value } = place;
    if (typeof value === 'string') {
      if (!isAllowed(value)) return faultAt(place, UNSTORABLE);
      continue;
    }
    for (const below of placesIn(place)) {
      const refusal = typeof below.key === 'string' ? refuseName(below.key) : undefined;
      if (refusal) return faultAt(below, refusal);
      if (typeof below.value === 'string' || typeof below.value === 'object') open.push(below);
    }
  }
  return undefined;
}

function placesIn(above: Place): Place[] {
  const { value } = above;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  if (Array.isArray(value)) return value.map((item: unknown, key) => ({ value: item, key, above }));
  return Object.entries(value).map(([key, item]: [string, unknown]) => ({ value: item, key, above }));
}

function faultAt(place: Place, refusal: Refusal): JsonFault {
  const keys: (string | number)[] = [];
  for (let at = place; at.above !== undefined; at = at.above) keys.unshift(at.key);
  return { ...refusal, path: pathOf(keys) };
}

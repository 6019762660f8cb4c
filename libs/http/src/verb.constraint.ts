import type { ConstraintStrategy, Handler, HTTPVersion } from 'find-my-way';

/** Name of the constraint in the options of a route: `constraints: { [VERB]: 'archive' }`. */
export const VERB = 'verb';

const COLON = 58;
const SLASH = 47;

/**
 * The verb of an address: the part after the last colon of its last segment, such as `archive` of
 * `/v1/items/7:archive`. An encoded colon (`%3A`) is part of the value.
 *
 * @see https://google.aip.dev/136
 */
export function verbOf(url: string): string | undefined {
  const end = endOfPath(url);
  for (let at = end - 1; at >= 0; at--) {
    const code = url.charCodeAt(at);
    if (code === SLASH) return undefined;
    if (code === COLON) return url.slice(at + 1, end);
  }
  return undefined;
}

/** The index after the path of an address, where its query begins. */
function endOfPath(url: string): number {
  const query = url.indexOf('?');
  return query < 0 ? url.length : query;
}

/** Creates the strategy by which the router chooses between routes that differ only in their verb. */
export function verbConstraint(): ConstraintStrategy<HTTPVersion.V1, string | undefined> {
  return {
    name: VERB,
    storage: () => {
      const handlers = new Map<string | undefined, Handler<HTTPVersion.V1>>();
      return {
        get: (verb) => handlers.get(verb) ?? null,
        set: (verb, handler) => void handlers.set(verb, handler),
      };
    },
    deriveConstraint: ({ url }) => verbOf(url ?? ''),
    mustMatchWhenDerived: false,
  };
}

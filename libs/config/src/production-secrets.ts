import type { ConfigProblem } from './config.errors.js';
import { toSnake } from './key-case.js';
import { Secret } from './units/secret.js';
import { ServiceUrl } from './units/service-url.js';
import { Token } from './units/token.js';

/** What the servers of development have, and what servers have when nobody has chosen a password. */
const KNOWN_PASSWORDS = new Set(['ganymede', 'guest', 'postgres']);
const KNOWN_SECRETS = new Set(['ganymede-secret', 'minioadmin']);

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const EXPECTED =
  'a secret of your own: everybody knows this one (APP_ALLOW_KNOWN_CREDENTIALS=true where nobody else reaches the server)';

/**
 * What production refuses of a valid section: tokens that are too short, and secrets that everybody knows. Those of
 * servers on this machine are nobody else's business.
 *
 * @param allowKnown whether secrets that everybody knows are wanted
 */
export function productionProblems(section: string, value: unknown, allowKnown: boolean): ConfigProblem[] {
  const leaves = [...leavesOf(value, [section])];
  const urls = leaves.map(([, leaf]) => leaf).filter((leaf) => leaf instanceof ServiceUrl);
  const isLocal = urls.length > 0 && urls.every(isOnThisMachine);
  return leaves.flatMap(([path, leaf]) => {
    const expected = leaf instanceof Token ? leaf.weakness : undefined;
    const isKnown = !allowKnown && !isLocal && isKnownSecret(leaf);
    if (expected === undefined && !isKnown) return [];
    return [{ path, found: String(leaf), expected: expected ?? EXPECTED, origin: undefined }];
  });
}

function isKnownSecret(leaf: Secret | ServiceUrl): boolean {
  if (leaf instanceof Secret) return KNOWN_SECRETS.has(leaf.reveal());
  return !isOnThisMachine(leaf) && KNOWN_PASSWORDS.has(decodeURIComponent(new URL(leaf.href).password));
}

function isOnThisMachine({ href }: ServiceUrl): boolean {
  // Schemes that the standard does not know keep the brackets and the case of a host.
  return LOOPBACK.test(new URL(href).hostname.toLowerCase());
}

function* leavesOf(value: unknown, path: readonly string[]): Generator<[string, Secret | ServiceUrl]> {
  if (value instanceof Secret || value instanceof ServiceUrl) yield [path.join('.'), value];
  else if (typeof value === 'object' && value !== null)
    for (const [key, child] of Object.entries(value)) yield* leavesOf(child, [...path, toSnake(key)]);
}

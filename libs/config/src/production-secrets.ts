import type { ConfigProblem } from './config.errors.js';
import { toSnake } from './key-case.js';
import { Secret } from './units/secret.js';
import { ServiceUrl } from './units/service-url.js';
import { Token } from './units/token.js';

/** The passwords of the development servers, and default passwords of server software. */
const KNOWN_PASSWORDS = new Set(['ganymede', 'guest', 'postgres']);
const KNOWN_SECRETS = new Set(['ganymede-secret', 'minioadmin']);

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const EXPECTED =
  'a secret of your own: this one is publicly known (set APP_ALLOW_KNOWN_CREDENTIALS=true if nobody else can reach the server)';

/**
 * Problems of a valid section that production rejects: tokens that are too short, and publicly known secrets. Known
 * secrets of servers on this machine are accepted.
 *
 * @param allowKnown whether publicly known secrets are accepted for every server
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
  // For schemes that the URL standard does not define, a host keeps its brackets and case.
  return LOOPBACK.test(new URL(href).hostname.toLowerCase());
}

function* leavesOf(value: unknown, path: readonly string[]): Generator<[string, Secret | ServiceUrl]> {
  if (value instanceof Secret || value instanceof ServiceUrl) yield [path.join('.'), value];
  else if (typeof value === 'object' && value !== null)
    for (const [key, child] of Object.entries(value)) yield* leavesOf(child, [...path, toSnake(key)]);
}

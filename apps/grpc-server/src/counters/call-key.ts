import { hash } from 'node:crypto';

/** `keys` are those of clients, `attempts` those of callers who repeat their own calls within seconds. */
export type KeyTable = 'keys' | 'attempts';

/** What a call is recognized by when it is repeated, and for how long. */
export interface CallKey {
  readonly key: string;
  readonly table: KeyTable;
  /** When the key was made, in milliseconds since 1970; of a UUIDv7. */
  readonly madeAt: number | undefined;
  /** How long its results are kept, in milliseconds. */
  readonly retentionMs: number;
  /** How far the clock of whoever made the key may be from that of Redis, in milliseconds. */
  readonly clockSkewMs: number;
  /** How many results a generation of a shard's table holds. */
  readonly tableSize: number;
}

const UUID_V7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i;

/** When a UUIDv7 was made, in milliseconds since 1970; undefined for any other text. */
export function timeOfKey(key: string): number | undefined {
  if (key.length !== 36 || !UUID_V7.test(key)) return undefined;
  return Number.parseInt(key.slice(0, 8) + key.slice(9, 13), 16);
}

/** Tells increments apart from others that come under the same key. */
export function fingerprintOf(increments: readonly { field: string; delta: number }[]): string {
  return hash('sha1', increments.map(({ field, delta }) => `${field} ${delta}`).join('\n'));
}

import { hash } from 'node:crypto';
import { uuidV7Time } from '@app/ids';

/**
 * A table of keys in Redis. `keys` holds the keys of clients, `attempts` those of callers that retry within seconds.
 */
export type KeyTable = 'keys' | 'attempts';

/** The key of a call. Calls with the same key are counted once. */
export interface CallKey {
  readonly key: string;
  readonly table: KeyTable;
  /** The key and its rules as an argument of the script. It is built once for all shards of the call. */
  readonly rules: string;
}

/** The key of a call in one of its shards. */
export interface KeyedCall extends CallKey {
  /** The fingerprint of the increments under the key; empty when they are not compared. */
  readonly fingerprint: string;
}

/** The limits of a table of keys. */
export interface KeyRules {
  /** How many calls (attempts) or results (keys) a generation of a shard's table holds. */
  readonly tableSize: number;
  /** The largest difference between the clock of the key's creator and that of Redis, in milliseconds. */
  readonly clockSkewMs: number;
  /** How long the results of a call are kept, in milliseconds. */
  readonly retentionMs: number;
}

export function callKeyOf(key: string, table: KeyTable, rules: KeyRules): CallKey {
  const { tableSize, clockSkewMs, retentionMs } = rules;
  const parts = [key, table, tableSize, uuidV7Time(key) ?? '-', clockSkewMs, retentionMs, ''];
  return { key, table, rules: parts.join(' ') };
}

/** A separate entry for the same key. Its prefix is a character that no client's key contains. */
export function claimOf(call: CallKey, fingerprint: string): KeyedCall {
  return { ...call, rules: `\u007f${call.rules}`, fingerprint };
}

/** A hash of the increments. It differs when a client reuses a key for other increments. */
export function fingerprintOf(increments: readonly { field: string; delta: number }[]): string {
  return hash('sha1', increments.map(({ field, delta }) => `${field} ${delta}`).join('\n'));
}

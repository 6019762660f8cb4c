import { hash } from 'node:crypto';
import { uuidV7Time } from '@app/ids';

/** `keys` are those of clients, `attempts` those of callers who repeat their own calls within seconds. */
export type KeyTable = 'keys' | 'attempts';

/** What a call is recognized by when it is repeated. */
export interface CallKey {
  readonly key: string;
  readonly table: KeyTable;
  /** The key with what the script has to know of it, made once for all shards of the call. */
  readonly rules: string;
}

/** A call in one of its shards. */
export interface KeyedCall extends CallKey {
  /** Of the increments that come under the key; empty where nobody compares them. */
  readonly fingerprint: string;
}

/** How a table of keys is kept. */
export interface KeyRules {
  /** How many calls (attempts) or results (keys) a generation of a shard's table holds. */
  readonly tableSize: number;
  /** How far the clock of whoever made the key may be from that of Redis, in milliseconds. */
  readonly clockSkewMs: number;
  /** How long the results of a call are kept, in milliseconds. */
  readonly retentionMs: number;
}

export function callKeyOf(key: string, table: KeyTable, rules: KeyRules): CallKey {
  const { tableSize, clockSkewMs, retentionMs } = rules;
  const parts = [key, table, tableSize, uuidV7Time(key) ?? '-', clockSkewMs, retentionMs, ''];
  return { key, table, rules: parts.join(' ') };
}

/** Another entry under the same key: no key of a client has this letter. */
export function claimOf(call: CallKey, fingerprint: string): KeyedCall {
  return { ...call, rules: `\u007f${call.rules}`, fingerprint };
}

/** Tells increments apart from others that come under the same key. */
export function fingerprintOf(increments: readonly { field: string; delta: number }[]): string {
  return hash('sha1', increments.map(({ field, delta }) => `${field} ${delta}`).join('\n'));
}

import { SHARDS } from '../counter.key.js';

/** The keys of each shard in Redis; `counter.scripts.ts` describes their contents. */
export const SHARD_KEYS = Array.from({ length: SHARDS }, (_, shard) => ({
  values: `counters:{${shard}}:values`,
  cold: `counters:{${shard}}:cold`,
  journal: `counters:{${shard}}:journal`,
  sealed: `counters:{${shard}}:sealed`,
  previous: `counters:{${shard}}:previous`,
  keys: `counters:{${shard}}:keys`,
  keys_before: `counters:{${shard}}:keys_before`,
  attempts: `counters:{${shard}}:attempts`,
  attempts_before: `counters:{${shard}}:attempts_before`,
  meta: `counters:{${shard}}:meta`,
}));

export type ShardKeys = (typeof SHARD_KEYS)[number];

export function keysOf(shard: number): ShardKeys {
  const keys = SHARD_KEYS[shard];
  if (!keys) throw new RangeError(`There is no shard ${shard}; shards are 0 to ${SHARDS - 1}.`);
  return keys;
}

/** All keys in the order of the scripts: `meta` is the last. */
export function allKeysOf(shard: number): string[] {
  return Object.values(keysOf(shard));
}

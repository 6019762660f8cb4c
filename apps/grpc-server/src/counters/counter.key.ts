/** Identifies a counter. */
export interface CounterKey {
  resourceId: string;
  counterType: string;
}

/** The number of shards. Fixed, since it determines the shard of existing counters. */
export const SHARDS = 16;

/** Does not occur in ids, so that a field can be split again. */
const SEPARATOR = '|';

/** The counter as a field of its shard's hashes in Redis. */
export function fieldOf({ resourceId, counterType }: CounterKey): string {
  return resourceId + SEPARATOR + counterType;
}

export function keyOfField(field: string): CounterKey {
  const at = field.indexOf(SEPARATOR);
  return { resourceId: field.slice(0, at), counterType: field.slice(at + 1) };
}

/** The shard of a counter: FNV-1a of its field, http://www.isthe.com/chongo/tech/comp/fnv/. */
export function shardOf(field: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < field.length; index++) {
    hash = Math.imul(hash ^ field.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % SHARDS;
}

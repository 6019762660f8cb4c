/** Identifies a counter. */
export interface CounterKey {
  resourceId: string;
  counterType: string;
}

/** The number of shards. Never change it: `shardOf` would find existing counters in other shards. */
export const SHARDS = 16;

/** No resource id contains this character, so `keyOfField` can split a field. */
const SEPARATOR = '|';

/** The field of a counter in the Redis hashes of its shard. */
export function fieldOf({ resourceId, counterType }: CounterKey): string {
  return resourceId + SEPARATOR + counterType;
}

export function keyOfField(field: string): CounterKey {
  const at = field.indexOf(SEPARATOR);
  return { resourceId: field.slice(0, at), counterType: field.slice(at + 1) };
}

/**
 * The shard of a counter: the FNV-1a hash of its field.
 *
 * @see http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function shardOf(field: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < field.length; index++) {
    hash = Math.imul(hash ^ field.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % SHARDS;
}

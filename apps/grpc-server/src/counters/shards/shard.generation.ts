/**
 * A life of Redis's data, of one shard, as this process has seen it. Its sequence only grows: Redis with a lower one
 * has gone back to an older state.
 */
export interface ShardGeneration {
  readonly epoch: number;
  /** The highest sequence that was seen. */
  sequence: number;
  /** By whom the data was held when it was proved; empty where the server does not tell. */
  readonly identity: string;
}

/** Something was seen of this life that has this sequence. */
export function advance(life: ShardGeneration, sequence: number): void {
  if (sequence > life.sequence) life.sequence = sequence;
}

/**
 * The generation of one shard's data in Redis, as this process has seen it. Its sequence only grows. A lower sequence
 * means that Redis went back to an older state.
 */
export interface ShardGeneration {
  readonly epoch: number;
  /** The highest sequence that was seen. */
  sequence: number;
  /** The identity of the server that held the data when it was verified; empty when the server does not report one. */
  readonly identity: string;
}

/** Records a sequence that was seen in this generation. */
export function advance(life: ShardGeneration, sequence: number): void {
  if (sequence > life.sequence) life.sequence = sequence;
}

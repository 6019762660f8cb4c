/**
 * The state of one shard's data in Redis, as this process has seen it. Its sequence only grows. A lower sequence in
 * Redis means that Redis has lost data, for example in a failover.
 */
export interface ShardState {
  readonly epoch: number;
  /** The highest sequence that was seen. */
  sequence: number;
  /** The identity of the server that held the data when it was verified; empty when the server does not report one. */
  readonly identity: string;
}

/** Records a sequence that was seen in this epoch. */
export function advance(state: ShardState, sequence: number): void {
  if (sequence > state.sequence) state.sequence = sequence;
}

/** What a script says of one counter. */
export type CounterReply = number | 'MISSING' | 'OVERFLOW';

/** Redis holds another life than the caller believes in; nothing was changed. */
export const STALE = 'STALE';

export interface CounterReplies {
  replies: CounterReply[];
  /** Of the counters that may be dropped; `load` wants it back for what was missing. */
  generation: string;
}

/** The key came with other increments before; nothing was changed. */
export const REUSED = 'REUSED';

/** Nothing was counted, since the key may have been: one that is made from `newKeysFrom` on is new. */
export interface UnknownReply {
  newKeysFrom: Date;
}

export type IncrementReply = typeof STALE | typeof REUSED | UnknownReply | CounterReplies;

/** PostgreSQL lacks batches that Redis does not keep any more. */
export const BEHIND = 'BEHIND';

/** The batch that PostgreSQL needs next. */
export interface SealedBatch {
  state: 'SEALED';
  sequence: number;
  /** Whether other deltas wait behind this batch. */
  more: boolean;
  /** How many batches PostgreSQL had and has lost. */
  lost: number;
  deltas: ReadonlyMap<string, string>;
}

export type SealReply = { state: typeof STALE } | { state: typeof BEHIND } | { state: 'EMPTY' } | SealedBatch;

export interface SealOptions {
  /** The most counters of the batch. */
  most: number;
  /** Seals a batch though nothing waits. @default false */
  evenEmpty?: boolean;
}

export interface SweepReply {
  /** How many counters wait for PostgreSQL. */
  waiting: number;
  /** How many counters Redis does not hold any more. */
  dropped: number;
  /** Cold counters can leave after the next batch. */
  aging: boolean;
}

export interface SweepLimits {
  /** How long keys of clients are kept, and those of attempts, in milliseconds; up to twice as long. */
  keysMs: number;
  attemptsMs: number;
  /** How long a counter that nobody touches stays, in milliseconds; up to twice as long. */
  coldAfterMs: number;
  /** How many counters of a shard a generation may have. */
  generationSize: number;
}

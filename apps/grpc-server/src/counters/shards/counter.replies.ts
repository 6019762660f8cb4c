/** A script's reply for one counter. */
export type CounterReply = number | 'MISSING' | 'OVERFLOW';

/** Redis holds another state of the shard than the caller; nothing was changed. */
export const STALE = 'STALE';

export interface CounterReplies {
  replies: CounterReply[];
  /** The generation of the cold counters. Pass it to `load` for the missing ones. */
  generation: string;
}

/** The key was used with other increments before; nothing was changed. */
export const REUSED = 'REUSED';

/** Nothing was counted, since the key may have been used before. Keys created from `newKeysFrom` on are new. */
export interface UnknownReply {
  newKeysFrom: Date;
}

export type IncrementReply = typeof STALE | typeof REUSED | UnknownReply | CounterReplies;

/** PostgreSQL lacks batches that Redis no longer keeps. */
export const BEHIND = 'BEHIND';

/** The batch that PostgreSQL needs next. */
export interface SealedBatch {
  state: 'SEALED';
  sequence: number;
  /** Whether more deltas are pending after this batch. */
  more: boolean;
  /** How many committed batches PostgreSQL has lost. */
  lost: number;
  deltas: ReadonlyMap<string, string>;
}

export type SealReply = { state: typeof STALE } | { state: typeof BEHIND } | { state: 'EMPTY' } | SealedBatch;

export interface SealOptions {
  /** The most counters of the batch. */
  most: number;
  /** Seals a batch even when nothing is pending. @default false */
  allowEmpty?: boolean;
}

export interface SweepReply {
  /** How many counters have deltas that are not in PostgreSQL yet. */
  waiting: number;
  /** How many counters were dropped from Redis. */
  dropped: number;
  /** Whether cold counters can be dropped only after a later batch, which may be empty. */
  needsBatch: boolean;
}

export interface SweepLimits {
  /** How long keys of clients and of attempts are kept at least, in milliseconds; at most twice as long. */
  keysMs: number;
  attemptsMs: number;
  /** How long an unused counter stays at least, in milliseconds; at most twice as long. */
  coldAfterMs: number;
  /** The most counters of a shard in one generation. */
  generationSize: number;
}

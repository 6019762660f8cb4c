import type { Fence } from '@app/locks';

/** One attempt to do what was due at one instant. */
export interface JobRun {
  /** The job's name. */
  readonly name: string;
  /** The instant of the schedule, to the second, whenever the run really began. */
  readonly scheduledAt: Date;
  /** 1 at first, greater after an attempt that crashed. */
  readonly attempt: number;
  /** Hand it to the owner of the effect, who checks it in the effect's own transaction. */
  readonly fence: Fence;
  /** Aborted when the deadline has passed or the lease is lost. */
  readonly signal: AbortSignal;
  /** `job@instant`, the same for each attempt: for effects that cannot be fenced. */
  readonly idempotencyKey: string;
}

/**
 * How a run ended. `timed_out`: it failed after its deadline; `lost`: it failed after its lease was lost;
 * `crashed`: its process went away without a word; `missed`: there was no run, since nobody could begin it in time.
 */
export type Outcome = 'succeeded' | 'failed' | 'timed_out' | 'lost' | 'crashed' | 'missed';

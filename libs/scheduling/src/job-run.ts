import type { Fence } from '@app/locks';

/** One attempt to run a job for one instant. */
export interface JobRun {
  /** The job's name. */
  readonly name: string;
  /** The instant of the schedule, with a precision of one second; the run may begin later. */
  readonly scheduledAt: Date;
  /** 1 for the first attempt, higher after a crashed one. */
  readonly attempt: number;
  /** The fencing token. Pass it to the owner of the effect, which checks it in the transaction of the effect. */
  readonly fence: Fence;
  /** Aborted when the deadline has passed or the lease is lost. */
  readonly signal: AbortSignal;
  /** `job@instant`, the same for each attempt, for effects that cannot check the fence. */
  readonly idempotencyKey: string;
}

/**
 * The outcome of a run. `timed_out`: it failed after its deadline. `lost`: it failed after its lease was lost.
 * `crashed`: its process ended without a record. `missed`: no process could begin it in time.
 */
export type Outcome = 'succeeded' | 'failed' | 'timed_out' | 'lost' | 'crashed' | 'missed';

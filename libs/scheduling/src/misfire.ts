import type { Job } from './job.js';

/** Decides whether a late instant is still run. Times in milliseconds. */
export interface MisfireRule {
  readonly misfire: Job['misfire'];
  /** An instant with a longer delay is missed. */
  readonly tolerance: number;
  /** `run-once` runs no instant that is older than this. */
  readonly catchUpWindow: number;
}

export interface DividedInstants {
  /** To be run now. */
  readonly due: Date[];
  /** To be recorded as missed. */
  readonly missed: Date[];
}

/**
 * Divides instants without a record, in order. Recent ones are due. Of the older ones `run-once` runs the last one,
 * unless a newer one is due.
 */
export function divide(instants: readonly Date[], now: Date, rule: MisfireRule): DividedInstants {
  const age = (instant: Date) => now.getTime() - instant.getTime();
  const due = instants.filter((instant) => age(instant) <= rule.tolerance);
  const missed = instants.filter((instant) => age(instant) > rule.tolerance);
  const last = missed.at(-1);
  const isTooOld = last === undefined || age(last) > rule.catchUpWindow;
  if (due.length > 0 || rule.misfire === 'skip' || isTooOld) return { due, missed };
  return { due: [last], missed: missed.slice(0, -1) };
}

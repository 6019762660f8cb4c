import type { Job } from './job.js';

/** What decides whether an instant is still served. Times in milliseconds. */
export interface MisfireRule {
  readonly misfire: Job['misfire'];
  /** An instant that is begun later than this is missed. */
  readonly tolerance: number;
  /** `run-once` makes up for no instant that is older than this. */
  readonly catchUpWindow: number;
}

export interface DividedInstants {
  /** To be served now. */
  readonly due: Date[];
  /** To be recorded as missed. */
  readonly missed: Date[];
}

/**
 * Divides instants that have no record, in their order. Those that came just now are due. Of the older ones `run-once`
 * serves the last, unless a newer one is due.
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

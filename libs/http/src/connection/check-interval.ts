/** Checks at this interval are cheap, and late by at most a second. Milliseconds. */
const LONGEST_MS = 1_000;
const SHORTEST_MS = 10;
/** A time-out is enforced late by at most a tenth of it. */
const PART = 10;

/** Interval of the checks for clients whose time is over, for these time-outs; milliseconds. */
export function checkIntervalFor(...timeouts: number[]): number {
  return Math.max(SHORTEST_MS, Math.min(LONGEST_MS, Math.ceil(Math.min(...timeouts) / PART)));
}

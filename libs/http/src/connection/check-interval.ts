/** Checks at this interval are cheap, and late by at most a second. Milliseconds. */
const MAX_MS = 1_000;
const MIN_MS = 10;
/** A time-out is enforced late by at most a tenth of it. */
const PART = 10;

/** Interval of the checks for clients whose time is over, for these time-outs; milliseconds. */
export function checkIntervalFor(...timeouts: number[]): number {
  return Math.max(MIN_MS, Math.min(MAX_MS, Math.ceil(Math.min(...timeouts) / PART)));
}

/** Looking this often is cheap, and late by no more than a second. Milliseconds. */
const LONGEST_MS = 1_000;
const SHORTEST_MS = 10;
/** A time-out is enforced late by at most this part of it. */
const PART = 10;

/** How often to look for clients whose time has run out, for time-outs of so many milliseconds. */
export function checkIntervalFor(...timeouts: number[]): number {
  return Math.max(SHORTEST_MS, Math.min(LONGEST_MS, Math.ceil(Math.min(...timeouts) / PART)));
}

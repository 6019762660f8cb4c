/**
 * How long a server that a test starts may take until it answers, in milliseconds. It is no promise of ours: beside
 * other work a process gets a fraction of a processor. A little less than a test may take, so that the wait says why.
 */
export const STARTS_WITHIN_MS = 50_000;

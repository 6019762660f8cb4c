/**
 * How long a server may take to start in a test, in milliseconds. This is no performance goal: on a busy machine a
 * process gets a fraction of a processor. Slightly less than the time-out of a test, so that the wait reports the cause.
 */
export const STARTS_WITHIN_MS = 90_000;

/**
 * How much of the tests runs: `short` in `npm test`, which takes minutes; `full` in continuous integration, with every
 * fault and every command; `long` in `npm run chaos`, with loads and outages as in production.
 */
const form = process.env['TEST_FORM'] ?? 'short';

export const LONG = form === 'long';
/** Whether the tests run that the short form leaves out. */
export const FULL = form !== 'short';

/** Returns the value for the form that runs; a form without one has the value for `full`. */
export function byForm<T>({ short, full, long = full }: { short?: T; full: T; long?: T }): T {
  if (LONG) return long;
  return FULL || short === undefined ? full : short;
}

/**
 * Calls back once when npm, under which this process was started, has ended. npm passes no signal on to the programs
 * below its shell, and a process notices the death of an ancestor only by its parent, which changes.
 *
 * @param {() => void} died
 * @returns {() => void} stops looking
 */
export function whenNpmDies(died) {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return () => undefined;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    died();
  }, 500);
  look.unref();
  return () => clearInterval(look);
}

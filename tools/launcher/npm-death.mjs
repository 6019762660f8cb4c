/**
 * Calls back once when npm, which started this process, has ended. npm forwards no signals to the programs below its
 * shell, and a process can detect the end of an ancestor only by a change of its parent.
 *
 * @param {() => void} died
 * @returns {() => void} stops the check
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

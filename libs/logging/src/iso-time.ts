/**
 * Makes pino's `timestamp`: ISO 8601 as of `pino.stdTimeFunctions.isoTime`, written once for all lines of a
 * millisecond, of which a busy app has many.
 */
export function isoTime(): () => string {
  let written = NaN;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== written) {
      written = now;
      text = `,"time":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
}

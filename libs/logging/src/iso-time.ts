/**
 * Creates pino's `timestamp` function: ISO 8601 like `pino.stdTimeFunctions.isoTime`, but formatted once per
 * millisecond, because a busy app writes many lines in one.
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

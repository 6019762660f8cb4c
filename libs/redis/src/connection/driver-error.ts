/**
 * Gives a code to what the driver says of a connection in its own words: a time-out, a stream that is not writeable. The
 * log of an outage takes an error without a code for a fault in our code, and shows its stack.
 */
export function withCode(error: unknown): unknown {
  const isDriverError = error instanceof Error && error.name === 'Error' && !('code' in error);
  return isDriverError ? Object.assign(error, { code: 'ECONNLOST' }) : error;
}

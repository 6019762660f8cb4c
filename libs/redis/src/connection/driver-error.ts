/**
 * Adds a code to errors of the driver about the connection that have none: a time-out, a stream that is not
 * writeable. The log of an outage treats an error without a code as a fault in our code, and logs its stack.
 */
export function withCode(error: unknown): unknown {
  const isDriverError = error instanceof Error && error.name === 'Error' && !('code' in error);
  return isDriverError ? Object.assign(error, { code: 'ECONNLOST' }) : error;
}

import { once } from 'node:events';
import type { ClientWritableStream } from '@grpc/grpc-js';
import { eachUntilAborted } from '../until-aborted.js';

/**
 * Sends a stream of requests, no faster than the server reads them. Stops when the stream or the call ends; then it
 * calls `return()` of the iterator of the requests.
 */
export async function sendRequests(
  requests: AsyncIterable<unknown>,
  to: ClientWritableStream<Buffer>,
  encode: (message: unknown) => Buffer,
  ended: AbortSignal,
): Promise<void> {
  await eachUntilAborted(requests, ended, (message) =>
    to.write(encode(message)) ? undefined : drained(to, ended),
  );
  to.end();
}

async function drained(stream: ClientWritableStream<Buffer>, ended: AbortSignal): Promise<void> {
  await once(stream, 'drain', { signal: ended });
}

import type { IncomingMessage } from 'node:http';

/** Number of chunks that are accepted with any size. */
const FREE_CHUNKS = 8_192;
/** Minimum average size of further chunks, in bytes. */
const SMALL_BYTES = 32;

/**
 * Calls `refuse` when a body comes in very many and very small chunks, and then stops reading it. Node makes a
 * Buffer and an event of each chunk. A megabyte of single bytes takes hundreds of megabytes of memory while it
 * waits, and seconds to read.
 */
export function refuseSmallChunks(request: IncomingMessage, refuse: () => void): void {
  const push = request.push.bind(request);
  let chunks = 0;
  let bytes = 0;
  let isRefused = false;
  request.push = (chunk: Buffer | null, encoding) => {
    // `false` makes the parser stop reading the socket.
    if (isRefused) return false;
    if (chunk === null) return push(chunk, encoding);
    chunks += 1;
    bytes += chunk.length;
    isRefused = chunks > FREE_CHUNKS && bytes < chunks * SMALL_BYTES;
    if (!isRefused) return push(chunk, encoding);
    refuse();
    return false;
  };
}

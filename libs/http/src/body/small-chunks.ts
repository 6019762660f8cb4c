import type { IncomingMessage } from 'node:http';

/** The number of chunks of a body before their size is checked. */
const UNCHECKED_CHUNKS = 8_192;
/** Minimum average size of the chunks of a body with more chunks, in bytes. */
const SMALL_BYTES = 32;

/**
 * Calls `refuse` when a body has very many and very small chunks, and then stops reading it. Node.js creates a Buffer
 * and an event for each chunk. A buffered megabyte in chunks of one byte takes hundreds of megabytes of memory, and
 * seconds to read.
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
    isRefused = chunks > UNCHECKED_CHUNKS && bytes < chunks * SMALL_BYTES;
    if (!isRefused) return push(chunk, encoding);
    refuse();
    return false;
  };
}

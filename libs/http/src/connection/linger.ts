import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** How long a client may continue to send after the last reply, in milliseconds. */
const TOTAL_MS = 5_000;
/** How long it may be silent meanwhile, in milliseconds. */
const IDLE_TIMEOUT_MS = 1_000;

/**
 * Closes a connection so that the client can read the last reply. Node destroys a socket right after its last
 * reply. The kernel then answers bytes that still arrive with a reset, and the client's kernel drops the reply.
 * Here the server first closes its writing side, then reads and drops bytes until the client closes too.
 *
 * @see RFC 9112, section 9.6
 */
export function lingerThenDestroy(socket: Socket, request: IncomingMessage): void {
  const destroy = (): void => void socket.destroy();
  socket.destroySoon = () => {
    request.unpipe();
    request.resume();
    socket.once('end', destroy);
    socket.end();
    socket.setTimeout(IDLE_TIMEOUT_MS, destroy);
    const clock = setTimeout(destroy, TOTAL_MS).unref();
    socket.once('close', () => clearTimeout(clock));
  };
}

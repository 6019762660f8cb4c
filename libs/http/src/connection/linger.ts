import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** How long a client may go on sending after the last reply, in milliseconds. */
const TOTAL_MS = 5_000;
/** How long it may be silent meanwhile, in milliseconds. */
const SILENCE_MS = 1_000;

/**
 * Makes the end of a connection gentle: Node destroys a socket right after its last reply, and the kernel answers
 * bytes that still arrive with a reset, which makes the client's kernel drop the reply. Here the writing side is
 * closed first, and what arrives is read and dropped until the client closes too.
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
    socket.setTimeout(SILENCE_MS, destroy);
    const clock = setTimeout(destroy, TOTAL_MS).unref();
    socket.once('close', () => clearTimeout(clock));
  };
}

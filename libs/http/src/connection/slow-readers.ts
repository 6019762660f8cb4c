import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** @internal */
export interface ReadLimits {
  /** How long a peer may read too slowly, in milliseconds. */
  grace: number;
  /** Bytes a second. */
  minRate: number;
}

/** @internal */
export interface SlowReadersOptions {
  /** Asked at each look, so that they may change. */
  limits: () => ReadLimits;
  /** Called before a connection is cut. */
  onCut?: (socket: Socket) => void;
}

const LOOK_EVERY_MS = 1_000;

/**
 * Cuts connections whose peer does not read what is sent to it: such a reply holds its memory and whatever it streams
 * from. A peer has a grace; each second in which bytes wait for it costs one, and what it reads pays back at the least
 * rate. So it may read in bursts, as TCP's windows make it, and is never late while the server has nothing to send.
 */
export function cutSlowReaders(server: Server, { limits, onCut }: SlowReadersOptions): void {
  const readers = new Map<Socket, Reader>();
  server.on('connection', (socket: Socket) => {
    readers.set(socket, new Reader(socket));
    socket.once('close', () => readers.delete(socket));
  });
  const look = (): void => {
    const { grace, minRate } = limits();
    for (const [socket, reader] of readers) {
      if (reader.lateMs(minRate) < grace) continue;
      onCut?.(socket);
      // Not in order: the kernel would keep what the peer does not read.
      socket.resetAndDestroy();
    }
  };
  // Each look counts as one interval, so that a process that was stopped meanwhile does not blame its peers.
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  server.once('close', () => clearInterval(timer));
}

/** How one connection's peer reads. */
class Reader {
  private read = 0;
  private late = 0;

  constructor(private readonly socket: Socket) {}

  /** By how much the peer is late after one more interval, in milliseconds. */
  lateMs(minRate: number): number {
    const { read } = this;
    this.read = takenFrom(this.socket);
    if (this.socket.writableLength === 0) this.late = 0;
    else this.late = Math.max(0, this.late + LOOK_EVERY_MS - ((this.read - read) * 1_000) / minRate);
    return this.late;
  }
}

/** Members of Node's sockets that their types do not declare. Node's own socket time-out reads them as well. */
interface KernelHandle {
  /** Bytes handed over, those that wait included. */
  bytesWritten: number;
  /** Bytes that the kernel has not taken. */
  writeQueueSize: number;
}

/** How many bytes the kernel has taken. A large reply is one write, whose progress is seen nowhere else. */
function takenFrom(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { _handle?: KernelHandle | null };
  return handle ? handle.bytesWritten - handle.writeQueueSize : socket.bytesWritten;
}

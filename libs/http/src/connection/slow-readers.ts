import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** @internal */
export interface ReadLimits {
  /** How long a peer may read too slowly, in milliseconds. */
  grace: number;
  /** Minimum rate, in bytes a second. */
  minRate: number;
}

/** @internal */
export interface SlowReadersOptions {
  /** Read at each check, because they may change. */
  limits: () => ReadLimits;
  /** Called before a connection is cut. */
  onCut?: (socket: Socket) => void;
}

const CHECK_INTERVAL_MS = 1_000;

/**
 * Cuts connections whose peer does not read: an unread reply holds its memory and its source. A peer has a grace
 * period. Each second in which bytes wait for the peer uses up one second of it; bytes that it reads restore it at
 * the minimum rate. So a peer may read in bursts, as TCP windows cause, and it is never late while the server has
 * nothing to send.
 */
export function cutSlowReaders(server: Server, { limits, onCut }: SlowReadersOptions): void {
  const readers = new Map<Socket, Reader>();
  server.on('connection', (socket: Socket) => {
    readers.set(socket, new Reader(socket));
    socket.once('close', () => readers.delete(socket));
  });
  const check = (): void => {
    const { grace, minRate } = limits();
    for (const [socket, reader] of readers) {
      if (reader.lateMs(minRate) < grace) continue;
      onCut?.(socket);
      // A reset instead of an orderly close: otherwise the kernel would keep the bytes that the peer does not read.
      socket.resetAndDestroy();
    }
  };
  // Each check counts as one interval, so that peers are not blamed when this process was paused.
  const timer = setInterval(check, CHECK_INTERVAL_MS).unref();
  server.once('close', () => clearInterval(timer));
}

/** The reading progress of one connection's peer. */
class Reader {
  private read = 0;
  private late = 0;

  constructor(private readonly socket: Socket) {}

  /** How late the peer is after one more interval, in milliseconds. */
  lateMs(minRate: number): number {
    const { read } = this;
    this.read = takenFrom(this.socket);
    if (this.socket.writableLength === 0) this.late = 0;
    else this.late = Math.max(0, this.late + CHECK_INTERVAL_MS - ((this.read - read) * 1_000) / minRate);
    return this.late;
  }
}

/** Members of Node's sockets that their types do not declare. Node's own socket time-out reads them as well. */
interface KernelHandle {
  /** Bytes handed over, including those that wait. */
  bytesWritten: number;
  /** Bytes that the kernel has not accepted. */
  writeQueueSize: number;
}

/** How many bytes the kernel has accepted. A large reply is one write, and only this shows its progress. */
function takenFrom(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { _handle?: KernelHandle | null };
  return handle ? handle.bytesWritten - handle.writeQueueSize : socket.bytesWritten;
}

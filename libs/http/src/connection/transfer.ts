import type { Socket } from 'node:net';

const RECEIVED = Symbol('bytes of the requests before');
type Carrier = Socket & { [RECEIVED]?: number };

/** Bytes of one request on a connection, headers included. One request at a time uses the connection. */
export class Transfer {
  private readonly sentBefore: number;

  constructor(private readonly socket: Socket) {
    this.sentBefore = socket.bytesWritten;
  }

  /** Bytes that were passed to the connection so far. */
  get sent(): number {
    return this.socket.bytesWritten - this.sentBefore;
  }

  /** Bytes received since the previous request. They may include bytes of a pipelined request after it. */
  end(): number {
    const carrier: Carrier = this.socket;
    const received = carrier.bytesRead - (carrier[RECEIVED] ?? 0);
    carrier[RECEIVED] = carrier.bytesRead;
    return received;
  }
}

import type { Socket } from 'node:net';

const RECEIVED = Symbol('bytes of the requests before');
type Carrier = Socket & { [RECEIVED]?: number };

/** What went over a connection for one request, headers included; one request at a time has the connection. */
export class Transfer {
  private readonly sentBefore: number;

  constructor(private readonly socket: Socket) {
    this.sentBefore = socket.bytesWritten;
  }

  /** Bytes that were handed to the connection so far. */
  get sent(): number {
    return this.socket.bytesWritten - this.sentBefore;
  }

  /** Bytes that came since the request before. Those of a request that is pipelined behind may be among them. */
  end(): number {
    const carrier: Carrier = this.socket;
    const received = carrier.bytesRead - (carrier[RECEIVED] ?? 0);
    carrier[RECEIVED] = carrier.bytesRead;
    return received;
  }
}

import { connect, type Socket } from 'node:net';
import { eventually } from '../assertions/eventually.js';

/** One reply of several on a connection. */
export interface PipelinedReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A connection on which a test writes any bytes, and reads the replies one by one. */
export class RawConnection {
  private text = '';
  private ended = false;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (this.text += chunk));
    socket.on('error', () => undefined);
    socket.once('end', () => {
      this.ended = true;
      socket.end();
    });
    socket.once('close', () => (this.ended = true));
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawConnection(socket);
  }

  /** Sends bytes on a new connection, and resolves with all replies once the server has closed it. */
  static async exchange(port: number, ...bytes: string[]): Promise<PipelinedReply[]> {
    const connection = await RawConnection.open(port);
    try {
      connection.send(...bytes);
      await connection.closed();
      return connection.replies();
    } finally {
      connection.destroy();
    }
  }

  send(...bytes: string[]): void {
    for (const part of bytes) this.socket.write(part, 'latin1');
  }

  /** The complete replies so far; `100 Continue` counts as one. */
  replies(): PipelinedReply[] {
    const replies: PipelinedReply[] = [];
    for (let rest = this.text; ;) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return replies;
      const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
      ) as Record<string, string>;
      const length = Number(headers['content-length'] ?? 0);
      const body = rest.slice(end + 4, end + 4 + length);
      if (body.length < length) return replies;
      replies.push({ status: Number(statusLine.split(' ')[1]), headers, body });
      rest = rest.slice(end + 4 + length);
    }
  }

  statuses(): number[] {
    return this.replies().map(({ status }) => status);
  }

  /** Ends the sending side, and still reads. */
  end(): void {
    this.socket.end();
  }

  async closed(): Promise<void> {
    await eventually(() => {
      if (!this.ended)
        throw new Error(`the connection is open, and has received ${JSON.stringify(this.text)}`);
    });
  }

  destroy(): void {
    this.socket.destroy();
  }
}

import { Socket } from 'node:net';
import pg from 'pg';

/** How long the server may take to close a session that ends, in milliseconds. */
const CLOSED_WITHIN_MS = 1_000;

/**
 * A client whose loss ends neither the process nor waits for ever. A server that stops ends sessions between two
 * statements too, when nobody listens for `error`: the next statement fails then. And pg's `end` waits until the server
 * has closed the connection, which a server that does not reply never does; here it ends.
 */
export class ClosingClient extends pg.Client {
  private readonly socket: Socket;
  private reached: string | undefined;

  constructor(config: pg.ClientConfig = {}) {
    const socket = new Socket();
    super({ ...config, stream: () => socket });
    this.socket = socket;
    socket.once('connect', () => (this.reached = socket.remoteAddress));
    this.on('error', () => undefined);
  }

  /** The address that the connection has reached; undefined before, and over a Unix socket. */
  protected get reachedAddress(): string | undefined {
    return this.reached;
  }

  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | void {
    const cut = setTimeout(() => this.destroyConnection(), CLOSED_WITHIN_MS).unref();
    this.once('end', () => clearTimeout(cut));
    return callback ? super.end(callback) : super.end();
  }

  /** Closes the connection at once; `end` is emitted. */
  protected destroyConnection(): void {
    this.socket.destroy();
  }
}

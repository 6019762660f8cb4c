import { Socket } from 'node:net';
import pg from 'pg';

/** How long the server may take to close a session after `end`, in milliseconds. */
const CLOSED_WITHIN_MS = 1_000;

/**
 * A client that survives the loss of its connection and never waits forever. A server that stops also ends idle
 * sessions, when nothing listens for `error`; here the next statement fails instead of the process. `end` of `pg`
 * waits until the server closes the connection. A server that does not reply never does so; here the client closes
 * it after a second.
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

  /** The address that the connection has reached; undefined before that, and over a Unix socket. */
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

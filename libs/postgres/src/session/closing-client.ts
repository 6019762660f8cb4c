import pg from 'pg';

/** How long the server may take to close a session that ends, in milliseconds. */
const CLOSED_WITHIN_MS = 1_000;

/** A part of `pg` that its types do not declare. */
interface Wire {
  readonly connection: { readonly stream: { destroy(): void } };
}

/**
 * A client whose loss ends neither the process nor waits for ever. A server that stops ends sessions between two
 * statements too, when nobody listens for `error`: the next statement fails then. And pg's `end` waits until the server
 * has closed the connection, which a server that does not reply never does; here it ends.
 */
export class ClosingClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
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
    (this as unknown as Wire).connection.stream.destroy();
  }
}

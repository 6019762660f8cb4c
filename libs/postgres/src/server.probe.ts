import pg from 'pg';
import { assertWritable } from './server-state.js';
import { ClosingClient } from './session/closing-client.js';

/** Address of the server, and how long it may take to reply. */
export interface ServerProbeOptions {
  url: string;
  applicationName: string;
  /** Milliseconds. */
  timeout: number;
  /** Whether the server must take writes, as a primary does. @default false */
  writable?: boolean;
}

/**
 * Checks whether a server answers, on a connection of its own. A busy pool says nothing about the server, and a
 * check must not wait behind work. A connection on which a check failed is not used again: the address may point to
 * another server by now.
 */
export class ServerProbe {
  private readonly pool: pg.Pool;
  private readonly writable: boolean;
  private readonly openedAt = new WeakMap<pg.PoolClient, number>();

  constructor({ url, applicationName, timeout, writable = false }: ServerProbeOptions) {
    this.writable = writable;
    this.pool = new pg.Pool({
      Client: ClosingClient,
      connectionString: url,
      application_name: applicationName,
      max: 1,
      connectionTimeoutMillis: timeout,
      query_timeout: timeout,
      keepAlive: true,
    });
    // The pool drops a lost connection by itself. The next check finds out whether a new one can be opened.
    this.pool.on('error', () => undefined);
    this.pool.on('connect', (session) => this.openedAt.set(session, performance.now()));
  }

  /**
   * @param since a connection that was opened before this instant of the monotonic clock is replaced first
   * @throws the fault of the server
   */
  async check(since = 0): Promise<void> {
    const session = await this.pool.connect();
    const isOutdated = (this.openedAt.get(session) ?? 0) < since;
    let failed = true;
    try {
      if (!isOutdated) {
        if (this.writable) await assertWritable(session);
        else await session.query('SELECT 1');
        failed = false;
      }
    } finally {
      session.release(failed);
    }
    if (isOutdated) await this.check(since);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

import pg from 'pg';

/** Where to ask, and how long the answer may take. */
export interface ServerProbeOptions {
  url: string;
  applicationName: string;
  /** Milliseconds. */
  timeout: number;
}

/**
 * Asks a server whether it answers, on a connection of its own: a pool that is busy says nothing about the server,
 * and a check must not wait behind work.
 */
export class ServerProbe {
  private readonly pool: pg.Pool;

  constructor({ url, applicationName, timeout }: ServerProbeOptions) {
    this.pool = new pg.Pool({
      connectionString: url,
      application_name: applicationName,
      max: 1,
      connectionTimeoutMillis: timeout,
      query_timeout: timeout,
      keepAlive: true,
    });
    // The pool drops a lost connection by itself; the next check tells whether another can be had.
    this.pool.on('error', () => undefined);
  }

  async check(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

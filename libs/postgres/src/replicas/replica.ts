import { PostgresUnavailableError, TransactionConflictError } from '../postgres.errors.js';
import { ServerProbe, type ServerProbeOptions } from '../server.probe.js';
import type { SessionPool } from '../session/session.pool.js';
import { isReadOnly, translateError } from '../translate-error.js';

/** Interval of the checks of a replica, in milliseconds. */
const PROBE_INTERVAL_MS = 1_000;

/** One replica: its sessions, and the result of the last check. */
export class Replica {
  /** Host and port. */
  readonly place: string;
  private readonly probe: ServerProbe;
  private readonly timer: NodeJS.Timeout;
  private failure: Error | undefined;
  private probing: Promise<void>;

  constructor(
    readonly name: string,
    private readonly pool: SessionPool,
    probe: ServerProbeOptions,
  ) {
    this.place = new URL(probe.url).host;
    this.pool.on('error', (error) => (this.failure = error));
    this.probe = new ServerProbe(probe);
    this.probing = this.ask();
    this.timer = setInterval(() => {
      this.probing = this.probing.then(() => this.ask());
    }, PROBE_INTERVAL_MS);
    this.timer.unref();
  }

  get isUp(): boolean {
    return this.failure === undefined;
  }

  /** @throws the failure of the last check */
  async check(): Promise<void> {
    if (this.failure) throw this.failure;
  }

  /**
   * Returns the rows; undefined when the replica is unavailable, or had to cancel the query to follow the primary.
   *
   * @throws the error of the statement itself
   */
  async query<T>(sql: string, parameters: readonly unknown[]): Promise<T[] | undefined> {
    try {
      const client = await this.pool.connect();
      try {
        const { rows } = await client.query(sql, [...parameters]);
        return rows as T[];
      } finally {
        client.release();
      }
    } catch (error) {
      // A statement that writes is a fault of the caller; the replica is healthy.
      if (isReadOnly(error)) throw error;
      const meaning = translateError(error);
      if (meaning instanceof PostgresUnavailableError) this.failure = meaning;
      else if (!(meaning instanceof TransactionConflictError)) throw meaning;
      return undefined;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.probing;
    await Promise.all([this.probe.close(), this.pool.end()]);
  }

  private async ask(): Promise<void> {
    try {
      await this.probe.check();
      this.failure = undefined;
    } catch (error) {
      this.failure = error as Error;
    }
  }
}

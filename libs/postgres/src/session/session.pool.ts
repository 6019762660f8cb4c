import type { EventEmitter } from 'node:events';
import { remainingMs, RequestContext } from '@app/context';
import type { Dependency } from '@app/lifecycle';
import pg from 'pg';
import { PoolExhaustedError } from '../postgres.errors.js';
import { isConnectionFailure } from '../translate-error.js';
import { SessionClient } from './session.client.js';
import { endOf, givenUp } from './statement.limit.js';

export interface SessionPoolConfig extends pg.PoolConfig {
  /**
   * Called when no session is available: the server cannot be reached, or no session became free.
   *
   * @default nothing
   */
  onFailure?: (error: Error) => void;
}

type Release = (error?: Error | boolean) => void;
type Callback = (error: Error | undefined, client: pg.PoolClient | undefined, release: Release) => void;

const nothing = () => undefined;
/** Message of `pg`'s pool when no connection was released in time. */
const WAITED = 'timeout exceeded when trying to connect';

/**
 * Minimum interval between replacements of the sessions while the server stays read-only, in milliseconds. Without
 * it, each failed write would cost the server a new session.
 */
const MIN_REPLACE_INTERVAL_MS = 250;

/**
 * A pool that repairs itself, and in which no caller waits beyond its deadline. It discards all older sessions when
 * one session turns out to be dead without having been closed (a failover, a cut cable), or when its server is
 * read-only (a failover, the settings of a role).
 */
export class SessionPool extends pg.Pool {
  private suspectBefore = 0;
  private dependency: Dependency | undefined;

  private readonly onFailure: (error: Error) => void;

  constructor({ onFailure = nothing, ...config }: SessionPoolConfig) {
    super(config);
    this.onFailure = onFailure;
    // One session that ends is not yet an outage.
    this.on('error', () => this.dependency?.suspect());
    this.on('connect', (client) => {
      if (this.dependency?.isLost) this.dependency.suspect();
      const session: EventEmitter = client;
      session.once('unresponsive', () => this.suspectAll());
      session.on('readonly', () => {
        if (performance.now() - this.suspectBefore >= MIN_REPLACE_INTERVAL_MS) this.suspectAll();
      });
    });
  }

  /** From now on the pool reports its failures to this dependency. */
  reportTo(dependency: Dependency): void {
    this.dependency = dependency;
  }

  /** Sessions that were opened before this instant of the monotonic clock are no longer used. */
  get trustedSince(): number {
    return this.suspectBefore;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | void {
    if (callback) return this.take(callback);
    return new Promise((resolve, reject) =>
      this.take((error, client) => (client ? resolve(client) : reject(error ?? new Error(WAITED)))),
    );
  }

  private take(callback: Callback): void {
    const waiter = new Waiter((error, client, release) => {
      if (error) this.onFailure(error);
      callback(error, client, release);
    });
    if (this.idleCount <= this.waitingCount) waiter.watch();
    if (waiter.over) return;
    super.connect((error, client, release) => {
      if (error || !client) return waiter.fail(this.explain(error));
      if (waiter.over) return release();
      if (!this.isSuspect(client)) return waiter.take(client, this.cleanly(client, release));
      release(true);
      waiter.stop();
      this.take(callback);
    });
  }

  private suspectAll(): void {
    this.suspectBefore = performance.now();
  }

  private isSuspect(client: pg.PoolClient): boolean {
    return client instanceof SessionClient && client.openedAt < this.suspectBefore;
  }

  /** A session that is suspect by now, or still in a transaction, does not return to the pool. */
  private cleanly(client: pg.PoolClient, release: Release): Release {
    return (error) => {
      const status = client.getTransactionStatus();
      release(error ?? (this.isSuspect(client) || (status !== null && status !== 'I')));
    };
  }

  private explain(error: Error | undefined): Error {
    if (error && error.message !== WAITED) {
      if (isConnectionFailure(error)) this.dependency?.suspect();
      return error;
    }
    return PoolExhaustedError.after(this.options.connectionTimeoutMillis ?? 0, error);
  }
}

/** A caller that waits for a session, at most until the end of its context. */
class Waiter {
  over = false;
  private readonly context = RequestContext.current();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly callback: Callback) {}

  /** From now on the end of the context ends the wait. Not needed for an idle session, which is available sooner. */
  watch(): void {
    const ms = remainingMs(this.context?.deadline);
    if (ms !== Infinity) this.timer = setTimeout(this.giveUp, Math.ceil(ms));
    this.context?.callerSignal?.addEventListener('abort', this.giveUp);
    const end = endOf(this.context);
    if (end) this.fail(end);
  }

  take(client: pg.PoolClient, release: Release): void {
    this.stop();
    this.callback(undefined, client, release);
  }

  fail(error: Error): void {
    if (this.over) return;
    this.stop();
    this.callback(error, undefined, nothing);
  }

  stop(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.context?.callerSignal?.removeEventListener('abort', this.giveUp);
  }

  private readonly giveUp = () => this.fail(givenUp(this.context));
}

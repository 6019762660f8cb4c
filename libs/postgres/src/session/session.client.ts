import { RequestContext } from '@app/context';
import type pg from 'pg';
import type { PostgresConfig } from '../postgres.config.js';
import { TransactionFailedError } from '../postgres.errors.js';
import { isReadOnly } from '../translate-error.js';
import { addressOf, type CancelTarget } from './cancel-request.js';
import { ClosingClient } from './closing-client.js';
import { lostAnswer } from './lost-answer.js';
import type { OpenSessions } from './open-sessions.js';
import { beginning } from './session.settings.js';
import { type EndableSession, StatementEnding } from './statement.ending.js';
import { endOf, givenUp, limitOf } from './statement.limit.js';
import { transactionEdgeOf } from './transaction.edge.js';

/** Wraps the sending of every statement, and returns what `send` returns. */
export type QueryObserver = <T>(sql: string, send: () => Promise<T>) => Promise<T>;

export type SessionSettings = Pick<
  PostgresConfig,
  'schema' | 'connectTimeout' | 'statementTimeout' | 'idleInTransactionTimeout' | 'directUrl'
>;

/** Time limit of a statement when the time for shutdown is nearly over, in milliseconds. */
const GIVEN_UP_MS = 1_000;

/** Members of `pg`'s clients that its types do not declare. */
interface BackendKey {
  readonly processID: number;
  readonly secretKey: number;
}

/**
 * One session with the server; statements run one after the other. No statement outlives its context. When the
 * deadline passes or the caller cancels, the session sends a cancel request. The statement is over only when that
 * request is over, so that the session never returns to the pool with a pending cancel that would hit the next
 * statement.
 *
 * When the server does not reply, the session closes the connection and emits `unresponsive`. When the server
 * refuses a write because it is read-only, the session emits `readonly`.
 */
export class SessionClient extends ClosingClient implements EndableSession {
  /** By the monotonic clock. */
  readonly openedAt = performance.now();
  private tail: Promise<void> | undefined;
  private isGivenUp = false;
  /** Ends the running statement. */
  private endRunning: (() => void) | undefined;

  constructor(
    config: pg.ClientConfig,
    private readonly settings: SessionSettings,
    private readonly observe: QueryObserver,
  ) {
    // The pool has one timeout for opening a session and for waiting for one. Here opening has a separate timeout.
    super({ ...config, connectionTimeoutMillis: settings.connectTimeout });
  }

  /** Creates the class of a pool's sessions. */
  static for(settings: SessionSettings, observe: QueryObserver, open: OpenSessions): typeof pg.Client {
    return class extends SessionClient {
      constructor(config: pg.ClientConfig) {
        super(config, open.isGivenUp ? { ...settings, connectTimeout: GIVEN_UP_MS } : settings, observe);
        open.add(this);
      }
    };
  }

  /** Ends the running statement, and gives a later one a second. Called when the time for shutdown is nearly over. */
  giveUp(): void {
    this.isGivenUp = true;
    this.endRunning?.();
  }

  // `query` has overloads for callbacks and cursors. Only the one with a promise, which TypeORM uses, is
  // supervised.
  override query(...parameters: unknown[]): never {
    const [sql, ...values] = parameters;
    const send = (text: unknown) =>
      (super.query as (...all: unknown[]) => unknown).call(this, text, ...values) as Promise<unknown>;
    const supervised = typeof sql === 'string' && typeof parameters.at(-1) !== 'function';
    return (supervised ? this.observe(sql, () => this.inTurn(sql, send)) : send(sql)) as never;
  }

  cancelTarget(): CancelTarget {
    const { processID, secretKey } = this as unknown as BackendKey;
    const { host, port, ssl } = this;
    const address = addressOf(this.reachedAddress, { host, port, ssl });
    return { ...address, processId: processID, secretKey };
  }

  abandon(): void {
    this.emit('unresponsive');
    this.destroyConnection();
  }

  /** Statements run one at a time: a cancel request ends whatever the session runs, so that its queue must be empty. */
  private async inTurn<T>(sql: string, send: (text: string) => Promise<T>): Promise<T> {
    const before = this.tail;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.tail = promise;
    if (before) await before;
    try {
      return await this.supervise(sql, send);
    } finally {
      if (this.tail === promise) this.tail = undefined;
      resolve();
    }
  }

  private async supervise<T>(sql: string, send: (text: string) => Promise<T>): Promise<T> {
    const context = RequestContext.current();
    const limit = limitOf(sql, context, this.settings.statementTimeout);
    const { signal } = limit;
    const ms = this.isGivenUp ? Math.min(limit.ms, GIVEN_UP_MS) : limit.ms;
    const over = transactionEdgeOf(sql) === 'rollback' ? undefined : endOf(context);
    if (over) throw over;
    let ending: StatementEnding | undefined;
    const end = () => (ending ??= new StatementEnding(this, limit, givenUp(context)));
    const timer = ms === Infinity ? undefined : setTimeout(end, Math.ceil(ms));
    signal?.addEventListener('abort', end);
    this.endRunning = end;
    const status = this.getTransactionStatus();
    try {
      return tookEffect(sql, await send(beginning(sql, this.settings, context)));
    } catch (error) {
      if (isReadOnly(error)) this.emit('readonly');
      throw lostAnswer(sql, status, error) ?? (ending ? ending.meaningOf(error) : error);
    } finally {
      clearTimeout(timer);
      this.endRunning = undefined;
      signal?.removeEventListener('abort', end);
      await ending?.settle();
    }
  }
}

/** The server replies to the COMMIT of a failed transaction with success and the command tag ROLLBACK. */
function tookEffect<T>(sql: string, result: T): T {
  const { command } = result as { command?: string };
  if (command === 'ROLLBACK' && transactionEdgeOf(sql) === 'commit') throw TransactionFailedError.create();
  return result;
}

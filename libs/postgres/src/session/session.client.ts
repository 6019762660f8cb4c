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

/** Stands around the sending of every statement, and returns what `send` returns. */
export type QueryObserver = <T>(sql: string, send: () => Promise<T>) => Promise<T>;

export type SessionSettings = Pick<
  PostgresConfig,
  'schema' | 'connectTimeout' | 'statementTimeout' | 'idleInTransactionTimeout' | 'directUrl'
>;

/** What a statement may take when the stop's time is nearly over, in milliseconds. */
const GIVEN_UP_MS = 1_000;

/** Members of `pg`'s clients that its types do not declare. */
interface BackendKey {
  readonly processID: number;
  readonly secretKey: number;
}

/**
 * One session with the server; statements run one after the other. None outlives its context: when the deadline
 * passes or the caller goes away the server is asked to cancel it, and the statement is not over before that
 * request is, so that the session never goes back to the pool with a cancel under way that would hit the next one.
 * A server that does not answer loses the connection; the session then emits `unresponsive`. When the server refuses a
 * write because it is read-only, the session emits `readonly`.
 */
export class SessionClient extends ClosingClient implements EndableSession {
  /** By the monotonic clock. */
  readonly openedAt = performance.now();
  private tail: Promise<void> | undefined;
  private isGivenUp = false;
  /** Ends the statement that runs. */
  private endRunning: (() => void) | undefined;

  constructor(
    config: pg.ClientConfig,
    private readonly settings: SessionSettings,
    private readonly observe: QueryObserver,
  ) {
    // The pool knows one time-out for opening and for waiting; here opening gets its own.
    super({ ...config, connectionTimeoutMillis: settings.connectTimeout });
  }

  /** The class of a pool's sessions. */
  static for(settings: SessionSettings, observe: QueryObserver, open: OpenSessions): typeof pg.Client {
    return class extends SessionClient {
      constructor(config: pg.ClientConfig) {
        super(config, settings, observe);
        open.add(this);
      }
    };
  }

  /** Ends the statement that runs; a later one has a second. For a stop whose time is nearly over. */
  giveUp(): void {
    this.isGivenUp = true;
    this.endRunning?.();
  }

  // `query` has overloads for callbacks and cursors; only the one with a promise, which is what TypeORM uses,
  // is supervised.
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

  /** A cancel ends what the session runs, so that nothing may stand in its queue. */
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

/** The server answers the COMMIT of a failed transaction with success and the word ROLLBACK. */
function tookEffect<T>(sql: string, result: T): T {
  const { command } = result as { command?: string };
  if (command === 'ROLLBACK' && transactionEdgeOf(sql) === 'commit') throw TransactionFailedError.create();
  return result;
}

import pg from 'pg';
import type { PostgresConfig } from './postgres.config.js';

/** Stands around the sending of every statement, and returns what `send` returns. */
export type QueryObserver = <T>(sql: string, send: () => Promise<T>) => Promise<T>;

/**
 * The class of the pool's connections. The pool knows one time-out for opening and for waiting; here opening
 * gets its own. Statements are timed on the connection itself, where nothing goes round it.
 */
export function sessionClient(
  { connectTimeout }: Pick<PostgresConfig, 'connectTimeout'>,
  observe: QueryObserver,
): typeof pg.Client {
  return class SessionClient extends pg.Client {
    constructor(config: pg.ClientConfig) {
      super({ ...config, connectionTimeoutMillis: connectTimeout });
    }

    // `query` has overloads for callbacks and cursors; only the one with a promise, which is what TypeORM uses,
    // is observed.
    override query(...parameters: unknown[]): never {
      const send = () => (super.query as (...parameters: unknown[]) => unknown).apply(this, parameters);
      const [sql] = parameters;
      const observed = typeof sql === 'string' && typeof parameters.at(-1) !== 'function';
      return (observed ? observe(sql, send as () => Promise<unknown>) : send()) as never;
    }
  };
}

/** What the server is told about a session when it opens. */
export function sessionOptions({
  schema,
  statementTimeout,
  idleInTransactionTimeout,
}: PostgresConfig): string {
  const settings = {
    search_path: schema,
    statement_timeout: statementTimeout,
    idle_in_transaction_session_timeout: idleInTransactionTimeout,
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

import pg from 'pg';
import type { PostgresConfig } from './postgres.config.js';

/** Told of every statement that has ended. */
export type QueryObserver = (sql: string, milliseconds: number) => void;

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

    // `query` has overloads for callbacks and cursors; only promises, which is what TypeORM uses, are timed.
    override query(...parameters: unknown[]): never {
      const started = performance.now();
      const result = (super.query as (...parameters: unknown[]) => unknown).apply(this, parameters);
      const [sql] = parameters;
      if (typeof sql === 'string' && result instanceof Promise) {
        const done = () => observe(sql, performance.now() - started);
        result.then(done, done);
      }
      return result as never;
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

import { remainingMs, type RequestContext } from '@app/context';
import type { PostgresConfig } from '../postgres.config.js';
import { transactionEdgeOf } from './transaction.edge.js';

type Settings = Pick<
  PostgresConfig,
  'schema' | 'statementTimeout' | 'idleInTransactionTimeout' | 'directUrl'
>;

/**
 * What the server is told about a session when it opens. Nothing behind a pooler, which hands its server sessions
 * from one client to the next: there the settings go with each transaction, and those of the role hold outside.
 */
export function sessionOptions(settings: Settings): string | undefined {
  if (settings.directUrl !== undefined) return undefined;
  return Object.entries(settingsOf(settings))
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/**
 * The statement that begins a transaction, in one message with what holds in it alone: `statement_timeout` is what
 * remains of the context, so that the server gives up by itself when this process cannot ask it to any more.
 */
export function beginning(sql: string, settings: Settings, context: RequestContext | undefined): string {
  if (transactionEdgeOf(sql) !== 'start') return sql;
  const own = settings.directUrl === undefined ? {} : settingsOf(settings);
  const remaining = Math.ceil(remainingMs(context?.deadline));
  const longest = settings.statementTimeout || Infinity;
  const local = remaining < longest ? { ...own, statement_timeout: Math.max(1, remaining) } : own;
  return [sql, ...Object.entries(local).map(([name, value]) => `SET LOCAL ${name} = ${value}`)].join('; ');
}

function settingsOf({
  schema,
  statementTimeout,
  idleInTransactionTimeout,
}: Settings): Record<string, string | number> {
  return {
    search_path: schema,
    statement_timeout: statementTimeout,
    idle_in_transaction_session_timeout: idleInTransactionTimeout,
  };
}

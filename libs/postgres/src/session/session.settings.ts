import { remainingMs, type RequestContext } from '@app/context';
import type { PostgresConfig } from '../postgres.config.js';
import { transactionEdgeOf } from './transaction.edge.js';

type Settings = Pick<
  PostgresConfig,
  'schema' | 'statementTimeout' | 'idleInTransactionTimeout' | 'directUrl'
>;

/**
 * The startup options of a session. Undefined behind a pooler, which passes its server sessions from one client to
 * the next: there each transaction sends its settings, and the settings of the role apply outside.
 */
export function sessionOptions(settings: Settings): string | undefined {
  if (settings.directUrl !== undefined) return undefined;
  return Object.entries(settingsOf(settings))
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/**
 * The statement that begins a transaction, in one message with its `SET LOCAL` settings. `statement_timeout` is the
 * remaining time of the context, so that the server stops by itself when this process can no longer send a cancel
 * request.
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

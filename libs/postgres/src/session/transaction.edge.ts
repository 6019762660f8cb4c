/** Whether a statement begins or ends a transaction; undefined for any other. */
export type TransactionEdge = 'start' | 'commit' | 'rollback' | undefined;

/**
 * Finds the statements that begin and end a transaction by their text. TypeORM sends them like every other
 * statement, and neither TypeORM nor `pg` has a hook for them. This is the only place that depends on the text.
 */
export function transactionEdgeOf(sql: string): TransactionEdge {
  if (sql === 'START TRANSACTION') return 'start';
  if (sql.startsWith('COMMIT')) return 'commit';
  return sql.startsWith('ROLLBACK') ? 'rollback' : undefined;
}

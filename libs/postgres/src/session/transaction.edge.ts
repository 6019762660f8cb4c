/** Where a statement stands in a transaction; undefined for one that neither begins nor ends it. */
export type TransactionEdge = 'start' | 'commit' | 'rollback' | undefined;

/**
 * Finds the statements that begin and end a transaction by their text. TypeORM sends them as it sends every other
 * statement, and neither it nor `pg` has a hook that runs instead of them. This is the only place that reads it.
 */
export function transactionEdgeOf(sql: string): TransactionEdge {
  if (sql === 'START TRANSACTION') return 'start';
  if (sql.startsWith('COMMIT')) return 'commit';
  return sql.startsWith('ROLLBACK') ? 'rollback' : undefined;
}

/**
 * The partition of a row as a 64-bit number, in SQL: events of one key for one destination share a partition. Two partitions with the
 * same number share their turns and their lock, and each keeps its order. The index `outbox_lane` has this expression.
 */
export const PARTITION = `hashtextextended(queue || ' ' || aggregate_key, 0)`;

/** The advisory locks of partitions are numbered by their names, in SQL; `partition` is an expression for `<queue> <key>`. */
export function partitionLock(partition: string): string {
  return `hashtextextended(current_schema() || '.outbox ' || ${partition}, 0)`;
}

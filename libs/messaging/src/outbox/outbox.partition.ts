/**
 * The partition of a row as a 64-bit number, in SQL. Events of one key for one destination share a partition. Two
 * partitions with the same hash share a lock and a share of the batch, and each keeps its order. The index
 * `outbox_by_lane` has this expression.
 */
export const PARTITION = `hashtextextended(queue || ' ' || aggregate_key, 0)`;

/** The number of a partition's advisory lock, in SQL. `partition` is an expression for `<queue> <key>`. */
export function partitionLock(partition: string): string {
  return `hashtextextended(current_schema() || '.outbox ' || ${partition}, 0)`;
}

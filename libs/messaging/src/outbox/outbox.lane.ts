/**
 * The lane of a row as a 64-bit number, in SQL: events of one key for one destination share a lane. Two lanes with the
 * same number share their turns and their lock, and each keeps its order. The index `outbox_lane` has this expression.
 */
export const LANE = `hashtextextended(queue || ' ' || aggregate_key, 0)`;

/** The advisory locks of lanes are numbered by their names, in SQL; `lane` is an expression for `<queue> <key>`. */
export function laneLock(lane: string): string {
  return `hashtextextended(current_schema() || '.outbox ' || ${lane}, 0)`;
}

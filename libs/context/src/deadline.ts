/**
 * The moment by which work must be done, in milliseconds of the monotonic clock (`performance.now()`),
 * so that a change of the wall clock does not affect it.
 */
export type Deadline = number;

/**
 * The longest delay of a timer, in milliseconds: 24 days. Node.js fires a timer at once if its delay is longer than
 * 2^31 - 1 ms (24.8 days). The difference allows additions such as a jitter or a margin.
 */
export const MAX_TIMER_MS = 24 * 86_400_000;

/**
 * The deadline `ms` milliseconds from now, at most 24 days, the longest delay of a timer.
 *
 * @throws RangeError when `ms` is NaN, for example from an invalid date
 */
export function deadlineIn(ms: number): Deadline {
  if (Number.isNaN(ms)) throw new RangeError('A deadline must be a number or a valid date.');
  return performance.now() + Math.min(ms, MAX_TIMER_MS);
}

/** Milliseconds left, from 0 to {@link MAX_TIMER_MS}; Infinity when there is no deadline. */
export function remainingMs(deadline: Deadline | undefined): number {
  if (deadline === undefined) return Infinity;
  return Math.min(Math.max(0, deadline - performance.now()), MAX_TIMER_MS);
}

/** The earlier of two deadlines. */
export function earliest(a: Deadline | undefined, b: Deadline | undefined): Deadline | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}

/**
 * The time limit of a child call: the parent's remaining time minus a margin. In this margin the parent can still
 * answer when the child fails.
 *
 * @param marginMs @default 20
 */
export function childBudgetMs(deadline: Deadline | undefined, marginMs = 20): number {
  return Math.max(0, remainingMs(deadline) - marginMs);
}

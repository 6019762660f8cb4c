/**
 * The moment by which work must be done, in milliseconds of the monotonic clock (`performance.now()`),
 * so that a change of the wall clock neither extends nor ends anybody's time.
 */
export type Deadline = number;

/**
 * The longest time that a timer is given, in milliseconds: 24 days. Node.js fires a timer at once that waits longer
 * than 2^31 - 1 ms (24.8 days); what is left is for additions on the way, such as a jitter or a margin.
 */
export const LONGEST_TIMER_MS = 24 * 86_400_000;

/**
 * The deadline `ms` milliseconds from now; 24 days from now when that is further away, since a timer waits no longer.
 *
 * @throws RangeError when `ms` is not a number, which comes from a date that is none
 */
export function deadlineIn(ms: number): Deadline {
  if (Number.isNaN(ms)) throw new RangeError('A deadline must be a number or a valid date.');
  return performance.now() + Math.min(ms, LONGEST_TIMER_MS);
}

/** Milliseconds left, from 0 to {@link LONGEST_TIMER_MS}; Infinity when there is no deadline. */
export function remainingMs(deadline: Deadline | undefined): number {
  if (deadline === undefined) return Infinity;
  return Math.min(Math.max(0, deadline - performance.now()), LONGEST_TIMER_MS);
}

/** The earlier of two deadlines. */
export function earliest(a: Deadline | undefined, b: Deadline | undefined): Deadline | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}

/**
 * What a child call may take: what is left of the parent's time less a margin, in which the parent can still
 * turn the child's failure into an answer.
 *
 * @param marginMs @default 20
 */
export function childBudgetMs(deadline: Deadline | undefined, marginMs = 20): number {
  return Math.max(0, remainingMs(deadline) - marginMs);
}

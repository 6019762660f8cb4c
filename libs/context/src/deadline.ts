/**
 * The moment by which work must be done, in milliseconds of the monotonic clock (`performance.now()`),
 * so that a change of the wall clock neither extends nor ends anybody's time.
 */
export type Deadline = number;

/** The deadline `ms` milliseconds from now. */
export function deadlineIn(ms: number): Deadline {
  return performance.now() + ms;
}

/** Milliseconds left, never negative; Infinity when there is no deadline. */
export function remainingMs(deadline: Deadline | undefined): number {
  return deadline === undefined ? Infinity : Math.max(0, deadline - performance.now());
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

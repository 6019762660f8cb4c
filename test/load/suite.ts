import type { Bench } from './bench.js';

/** A figure that a suite has measured. */
export interface Finding {
  name: string;
  value: number;
  /** `ratio`, `per_s`, `ms`, `MiB`. */
  unit: string;
  /** The limit of the figure. A finding without a limit is only information. */
  atLeast?: number;
  atMost?: number;
}

/**
 * One part of the load suite, in `test/load/<name>.suite.ts` as `export const suite`. It starts its resources through
 * the bench, measures, and returns its findings.
 */
export interface Suite {
  /** A one-line description. */
  readonly title: string;
  run(bench: Bench): Promise<Finding[]>;
}

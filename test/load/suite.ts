import type { Bench } from './bench.js';

/** A figure that a suite has found. */
export interface Finding {
  name: string;
  value: number;
  /** `ratio`, `per_s`, `ms`, `MiB`. */
  unit: string;
  /** What it has to be; a finding without one is for orientation. */
  atLeast?: number;
  atMost?: number;
}

/**
 * One part of the load suite, in `test/load/<name>.suite.ts` as `export const suite`. It starts what it needs
 * through the bench, measures, and returns what it has found.
 */
export interface Suite {
  /** One line for a person. */
  readonly title: string;
  run(bench: Bench): Promise<Finding[]>;
}

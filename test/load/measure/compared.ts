import type { Session } from '../generator/generator.js';
import type { LoadResult } from '../generator/load-result.js';
import { cpuMsOf } from './process-cpu.js';
import { median } from './median.js';

/** One of several programs that do the same work and are compared. */
export interface Variant {
  readonly name: string;
  /** The processes of the variant, by the name under which their processor time is reported. */
  readonly pids: Readonly<Record<string, number>>;
}

/** One run, with the processor time of each process. */
export interface Run extends LoadResult {
  variant: string;
  round: number;
  /** By process; missing without a /proc. */
  cpu_us_per_request: Record<string, number>;
}

/** A variant over all rounds: medians. */
export interface Summary {
  variant: string;
  rate_per_s: number;
  latency_p50_ms: number;
  latency_p99_ms: number;
  cpu_us_per_request: Record<string, number>;
  cpu_us_per_request_total: number;
}

/** Runs one variant once. */
export async function measure(
  variant: Variant,
  session: Session,
  requests: number,
  round: number,
): Promise<Run> {
  const pids = Object.entries(variant.pids);
  const before = pids.map(([, pid]) => cpuMsOf(pid));
  const result = await session.run(requests);
  const used = pids.flatMap(([name, pid], index): [string, number][] => {
    const [from, to] = [before[index], cpuMsOf(pid)];
    return from === undefined || to === undefined ? [] : [[name, ((to - from) * 1000) / result.requests]];
  });
  return { variant: variant.name, round, ...result, cpu_us_per_request: Object.fromEntries(used) };
}

export function summaryOf(runs: readonly Run[]): Summary {
  const [first] = runs;
  if (!first) throw new Error('There is no summary of no runs.');
  const processes = Object.keys(first.cpu_us_per_request);
  const cpu = processes.map((name): [string, number] => [
    name,
    median(runs.map((run) => run.cpu_us_per_request[name] ?? 0)),
  ]);
  return {
    variant: first.variant,
    rate_per_s: median(runs.map((run) => run.rate_per_s)),
    latency_p50_ms: median(runs.map((run) => run.latency_p50_ms)),
    latency_p99_ms: median(runs.map((run) => run.latency_p99_ms)),
    cpu_us_per_request: Object.fromEntries(cpu),
    cpu_us_per_request_total: sumOf(cpu.map(([, value]) => value)),
  };
}

/**
 * The ratio of two variants in one figure: the median over the rounds of the ratio within a round. Other load on the
 * machine changes from round to round, but within a round it affects both.
 */
export function ratioOf(of: readonly Run[], to: readonly Run[], figure: (run: Run) => number): number {
  return median(ratiosOf(of, to, figure));
}

/** The ratio within each round. A variant that ran several times in a round counts with its mean. */
export function ratiosOf(of: readonly Run[], to: readonly Run[], figure: (run: Run) => number): number[] {
  const rounds = [...new Set(of.map(({ round }) => round))];
  return rounds.map((round) => {
    const [these, those] = [of, to].map((runs) => runs.filter((run) => run.round === round)) as [
      Run[],
      Run[],
    ];
    if (those.length === 0) throw new Error(`${these[0]?.variant} has no counterpart in round ${round}.`);
    return meanOf(these.map(figure)) / meanOf(those.map(figure));
  });
}

export function cpuTotalOf(run: Run): number {
  return sumOf(Object.values(run.cpu_us_per_request));
}

function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

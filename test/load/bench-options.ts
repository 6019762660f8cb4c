import { parseArgs } from 'node:util';

/** The load of one measurement. */
export interface Level {
  requests: number;
  connections: number;
}

export interface BenchOptions {
  /** The names of the suites; empty for all. */
  suites: readonly string[];
  levels: readonly Level[];
  /** How often each variant is measured at each level, alternating with the others. */
  rounds: number;
  /** Whether suites also measure what stands between their variants, to find where the difference is. */
  stages: boolean;
  /** Whether the compared programs write a profile of their processor time to the folder of the results. */
  profile: boolean;
}

const LEVELS: readonly Level[] = [
  { requests: 1_000, connections: 10 },
  { requests: 5_000, connections: 50 },
  { requests: 10_000, connections: 100 },
  { requests: 50_000, connections: 500 },
  { requests: 100_000, connections: 1000 },
];

/** `[SUITE…] [--connections N] [--requests N] [--rounds N] [--stages] [--profile]`. @throws for unknown options */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      connections: { type: 'string' },
      requests: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      stages: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const connections =
    values.connections === undefined ? undefined : countOf('connections', values.connections);
  const requests = values.requests === undefined ? undefined : countOf('requests', values.requests);
  return {
    suites: positionals,
    rounds: countOf('rounds', values.rounds),
    levels: levelsOf(connections, requests),
    stages: values.stages,
    profile: values.profile,
  };
}

function levelsOf(connections: number | undefined, requests: number | undefined): readonly Level[] {
  const chosen = connections === undefined ? LEVELS : [levelOf(connections)];
  return requests === undefined ? chosen : chosen.map((level) => ({ ...level, requests }));
}

/** A level with the same number of requests per connection as the standard levels. */
function levelOf(connections: number): Level {
  return (
    LEVELS.find((level) => level.connections === connections) ?? { connections, requests: connections * 100 }
  );
}

function countOf(name: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`--${name} takes a whole number above 0, not "${text}".`);
}

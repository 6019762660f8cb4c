import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { Bench } from './bench.js';
import { type BenchOptions, benchOptions } from './bench-options.js';
import type { Finding, Suite } from './suite.js';

/** Started by `npm run bench`, after it has started the test stack and built the apps. */
const SUFFIX = '.suite.ts';

/** The suites by name; those of a slice are in its folder. */
const files = new Map(
  globSync(`**/*${SUFFIX}`, { cwd: import.meta.dirname })
    .toSorted()
    .map((file) => [basename(file, SUFFIX), file]),
);
const known = [...files.keys()];

// Each started process is killed when this one exits, see `Peer` and `AppProcess`.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main();

async function main(): Promise<number> {
  let options: BenchOptions;
  try {
    options = benchOptions(process.argv.slice(2));
    for (const name of options.suites)
      if (!known.includes(name)) throw new Error(`There is no suite "${name}".`);
  } catch (error) {
    process.stderr.write(
      `${(error as Error).message}\nbench [SUITE…] [--connections N] [--requests N] [--rounds N] [--stages] [--profile]; suites: ${known.join(', ')}\n`,
    );
    return 2;
  }
  let missed = 0;
  for (const name of options.suites.length > 0 ? options.suites : known)
    missed += await measured(name, options);
  return missed === 0 ? 0 : 1;
}

/** @returns the number of missed limits and implausible results */
async function measured(name: string, options: BenchOptions): Promise<number> {
  const { suite } = (await import(`./${files.get(name)}`)) as { suite: Suite };
  await using bench = new Bench(name, options);
  bench.say(`${name}: ${suite.title}`);
  const findings = await suite.run(bench);
  bench.say('');
  for (const finding of findings) bench.say(lineOf(finding));
  for (const problem of bench.problems) bench.say(`✗ invalid: ${problem}`);
  return findings.filter((finding) => !reaches(finding)).length + bench.problems.length;
}

function reaches({ value, atLeast = -Infinity, atMost = Infinity }: Finding): boolean {
  return value >= atLeast && value <= atMost;
}

function lineOf(finding: Finding): string {
  const { name, value, unit, atLeast, atMost } = finding;
  const wanted = [atLeast !== undefined && `≥ ${atLeast}`, atMost !== undefined && `≤ ${atMost}`].filter(
    Boolean,
  );
  if (wanted.length === 0) return `  ${name}: ${value.toFixed(2)} ${unit}`;
  return `${reaches(finding) ? '✓' : '✗'} ${name}: ${value.toFixed(2)} ${unit} (${wanted.join(', ')})`;
}

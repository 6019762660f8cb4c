import { availableParallelism } from 'node:os';
import { runCommand } from '../process/run-command.ts';
import { npmScript } from '../workspace/npm-command.ts';
import { paths } from '../workspace/paths.ts';
import type { Outcome, Tally } from './tally.ts';

const checks: readonly (readonly [title: string, script: string])[] = [
  ['Lint', 'lint'],
  ['Types', 'typecheck'],
  ['Layer rules', 'floors'],
  ['Formatting', 'format:check'],
  ['Generated code is current', 'proto:check'],
];

async function run(script: string, signal: AbortSignal): Promise<Outcome> {
  const log = paths.log(`check-${script.replace(':', '-')}`);
  const { ok, output } = await runCommand(process.execPath, [npmScript(), 'run', '--silent', script], {
    cwd: paths.root,
    log,
    signal,
  });
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, output };
}

/** Runs all checks that need only the sources, as many at the same time as there are cores. */
export async function runStaticChecks(tally: Tally, signal: AbortSignal): Promise<void> {
  const queue = [...checks];
  const worker = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      const [title, script] = check;
      await tally.run(title, () => run(script, signal));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

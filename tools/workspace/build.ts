import { availableParallelism } from 'node:os';
import { writeFileSync, rmSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { appNames } from '../apps/app-entry.ts';
import { runCommand } from '../process/run-command.ts';
import { waitForLock } from '../process/wait-for-lock.ts';
import { step } from '../ui/step.ts';
import { ToolError } from '../ui/tool.error.ts';
import { buildStamp, isCurrent, sourceStamp } from './build-stamp.ts';
import { locks } from './locks.ts';
import { paths } from './paths.ts';

const stampFile = resolve(paths.stackFolder, 'build.json');

/** Builds the apps into dist/ unless its bundles are current and unchanged. */
export async function ensureBuild(signal: AbortSignal): Promise<void> {
  using _lock = await waitForLock(locks.build, 'nest build', signal);
  const stamp = sourceStamp(paths.root);
  if (isCurrent(paths.root, stampFile, stamp)) return;
  rmSync(stampFile, { force: true });
  await step('nest build', async () => {
    const queue = [...appNames];
    const worker = async (): Promise<void> => {
      for (let app = queue.shift(); app !== undefined; app = queue.shift()) await build(app, signal);
    };
    await Promise.all(Array.from({ length: Math.min(queue.length, availableParallelism()) }, worker));
  });
  writeFileSync(stampFile, buildStamp(paths.root, stamp));
}

async function build(app: string, signal: AbortSignal): Promise<void> {
  const log = paths.log(`build-${app}`);
  const nest = paths.inClone('node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const result = await runCommand(process.execPath, [nest, 'build', app], { cwd: paths.root, log, signal });
  if (result.ok) return;
  throw new ToolError(`nest build ${app} failed (${relative(paths.root, log)}).`, {
    evidence: result.output.trimEnd().split('\n').slice(-40),
  });
}

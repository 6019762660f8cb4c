import { migrate } from '../apps/migrations.ts';
import { testEnvironment } from '../checks/test-environment.ts';
import { ChildGroup } from '../process/child-group.ts';
import { exclusive } from '../process/exclusive.ts';
import { checkPorts } from '../process/port-check.ts';
import { resolveApps } from '../apps/app-catalogue.ts';
import { Stack } from '../stack/stack.ts';
import { profiles } from '../stack/stack-profile.ts';
import { ensureBuild } from '../workspace/build.ts';
import { ensureDependencies } from '../workspace/dependencies.ts';
import { locks } from '../workspace/locks.ts';
import { paths } from '../workspace/paths.ts';
import { SettingSources } from '../workspace/setting-sources.ts';
import type { Command } from './command.ts';

/** Time limit for the load suite to stop its processes. */
const stopPatience = 60_000;

/** Runs `test/load/main.ts`, which prints its results. */
async function runSuites(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number> {
  const hook = paths.inClone('test', 'support', 'apps', 'typescript-imports.js');
  const main = paths.inClone('test', 'load', 'main.ts');
  const suites = new ChildGroup(process.execPath, ['--no-warnings', '--import', hook, main, ...args], {
    cwd: paths.root,
    env,
    stdio: 'inherit',
  });
  const interrupt = (): void => void suites.endTree('SIGTERM', stopPatience);
  signal.addEventListener('abort', interrupt, { once: true });
  const { code } = await suites.exited;
  signal.throwIfAborted();
  return code ?? 1;
}

/** `npm run bench`: the load suite, with the stack of the tests and the built apps. */
export const bench: Command = async ({ args, interruption }) => {
  const { signal } = interruption;
  const stack = new Stack(profiles.test);
  using _lock = exclusive(locks.test, 'run bench');
  interruption.onSecond(() => {
    ChildGroup.killAll();
    if (!stack.isKept) stack.killAll();
  });
  try {
    const early = await SettingSources.load('test');
    await checkPorts(stack.neededPorts(early));
    await ensureDependencies(signal);
    await stack.installMissing(early, signal);
    const settings = await SettingSources.load('test');
    const env = testEnvironment(stack, settings);
    await stack.up(settings, signal);
    await ensureBuild(signal);
    await migrate(resolveApps(settings), env, signal);
    return await runSuites(args, env, signal);
  } finally {
    if (!stack.isKept) {
      await stack.down();
      await stack.deleteData();
    }
  }
};

import { type App, resolveApps } from '../apps/app-catalogue.ts';
import { migrate } from '../apps/migrations.ts';
import { isPattern, needsServers, type Project, projectGroups, runJest } from '../checks/jest-run.ts';
import { runStaticChecks } from '../checks/static-checks.ts';
import { type Outcome, Tally } from '../checks/tally.ts';
import { testEnvironment, testsOwner } from '../checks/test-environment.ts';
import { ChildGroup } from '../process/child-group.ts';
import { exclusive } from '../process/exclusive.ts';
import { checkPorts } from '../process/port-check.ts';
import { endStrays } from '../process/stray-processes.ts';
import { together } from '../process/together.ts';
import { Stack } from '../stack/stack.ts';
import { profiles } from '../stack/stack-profile.ts';
import { reportFailure } from '../ui/report-failure.ts';
import { terminal } from '../ui/terminal.ts';
import { ensureBuild } from '../workspace/build.ts';
import { ensureDependencies } from '../workspace/dependencies.ts';
import { locks } from '../workspace/locks.ts';
import { SettingSources } from '../workspace/setting-sources.ts';
import type { Command } from './command.ts';

/** Runs a preparation step of the tests. A failure is printed and counted, and the other steps still run. */
async function prepare(tally: Tally, signal: AbortSignal, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    signal.throwIfAborted();
    reportFailure(error);
    tally.failed += 1;
    return false;
  }
}

const notRun: Outcome = { passed: 0, failed: 1, remark: 'not run, its preparation failed' };

/** Ends the processes and deletes the data that a killed test run has left. */
async function removeLeftovers(stack: Stack): Promise<void> {
  endStrays(testsOwner(stack));
  if (stack.isKept) return;
  await stack.down();
  await stack.deleteData();
}

/** Runs only unit tests, which need neither servers nor a build. */
async function testUnits(tally: Tally, args: readonly string[], stack: Stack, signal: AbortSignal) {
  const env = testEnvironment(stack, await SettingSources.load('test'));
  await tally.run('Tests: unit', () => runJest('unit', args, env, signal));
  if (tally.passed + tally.failed === 0) noteNoMatch(tally, args);
  return tally.close();
}

function noteNoMatch(tally: Tally, args: readonly string[]): void {
  terminal.line(`No test matches ${args.filter(isPattern).join(' ')}.`);
  tally.failed += 1;
}

/** `npm test`: every check and every test on a separate stack, and one line with the result. */
export const test: Command = async ({ args, interruption }) => {
  const { signal } = interruption;
  const stack = new Stack(profiles.test);
  const tally = new Tally();
  using _lock = exclusive(locks.test, 'test');
  interruption.onSecond(() => {
    ChildGroup.killAll();
    endStrays(testsOwner(stack));
    if (!stack.isKept) stack.killAll();
  });
  const selected = args.some(isPattern);
  if (selected) {
    await ensureDependencies(signal);
    if (!(await needsServers(args, signal))) return await testUnits(tally, args, stack, signal);
  }
  try {
    await removeLeftovers(stack);
    const early = await SettingSources.load('test');
    await checkPorts(stack.neededPorts(early));
    await together(signal, ensureDependencies, (either) => stack.installMissing(early, either));
    const settings = await SettingSources.load('test');
    const env = testEnvironment(stack, settings);
    const apps: readonly App[] = resolveApps(settings);

    let serversUp = false;
    await together(
      signal,
      async () => {
        serversUp = await prepare(tally, signal, () => stack.up(settings, signal));
      },
      async () => {
        if (!selected) await runStaticChecks(tally, signal);
      },
    );
    const built = await prepare(tally, signal, () => ensureBuild(signal));
    const migrated = serversUp && built && (await prepare(tally, signal, () => migrate(apps, env, signal)));

    for (const group of projectGroups) {
      const run = async (project: Project) =>
        project === 'unit' || migrated ? runJest(project, args, env, signal) : notRun;
      const works = group.map((project) => () => tally.run(`Tests: ${project}`, () => run(project)));
      await together(signal, ...works);
      endStrays(testsOwner(stack));
    }
    if (selected && tally.passed + tally.failed === 0) noteNoMatch(tally, args);
    return tally.close();
  } finally {
    await removeLeftovers(stack);
  }
};

import { adminToken } from '../apps/admin-token.ts';
import { type App, resolveApps } from '../apps/app-catalogue.ts';
import { AppFleet } from '../apps/app-fleet.ts';
import { stopLeftovers } from '../apps/leftovers.ts';
import { migrate } from '../apps/migrations.ts';
import { printUrls } from '../apps/print-urls.ts';
import { builtPrograms, type Programs } from '../apps/programs.ts';
import { ChildGroup } from '../process/child-group.ts';
import { exclusive } from '../process/exclusive.ts';
import { checkPorts, type NeededPort } from '../process/port-check.ts';
import { together } from '../process/together.ts';
import { watchServers } from '../stack/server-watch.ts';
import { Stack } from '../stack/stack.ts';
import { profiles } from '../stack/stack-profile.ts';
import { formatDuration } from '../ui/duration.ts';
import { terminal } from '../ui/terminal.ts';
import { environmentVariables } from '../workspace/app-environment.ts';
import { ensureDependencies } from '../workspace/dependencies.ts';
import { locks } from '../workspace/locks.ts';
import { SettingSources, variableOf } from '../workspace/setting-sources.ts';
import type { Command, CommandContext } from './command.ts';

function portsOf(apps: readonly App[]): NeededPort[] {
  return apps.flatMap(({ name, transport, port, managementPort, portKeys }) =>
    [
      [port, `${name} (${transport === 'http' ? 'HTTP' : 'gRPC'})`, portKeys[0]] as const,
      [managementPort, `${name} (management)`, portKeys[1]] as const,
    ].map(([number, purpose, key]) => ({
      port: number,
      purpose,
      remedy: `move ${purpose} elsewhere: ${variableOf(key)}=…`,
    })),
  );
}

async function checkAllPorts(stack: Stack, settings: SettingSources): Promise<void> {
  await checkPorts([...stack.neededPorts(settings), ...portsOf(resolveApps(settings))]);
}

/**
 * Installs npm and system packages at the same time, unless a file that only an npm package can read decides what to
 * install.
 */
async function installEverything(stack: Stack, signal: AbortSignal): Promise<SettingSources> {
  const early = await SettingSources.load('development');
  await checkAllPorts(stack, early);
  const systemPackages = (either: AbortSignal): Promise<void> => stack.installMissing(early, either);
  await together(signal, ensureDependencies, ...(early.isComplete ? [systemPackages] : []));
  return SettingSources.load('development');
}

/**
 * Starts the servers, builds the apps and migrates the databases, at the same time where possible. A migration needs
 * only PostgreSQL and the build, so it does not wait for RabbitMQ, which starts slowest.
 */
async function prepareServers(
  stack: Stack,
  settings: SettingSources,
  programs: Programs,
  migrations: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const build = Promise.withResolvers<void>();
  build.promise.catch(() => undefined);
  const postgres = async (either: AbortSignal): Promise<void> => {
    await build.promise;
    await migrations(either);
  };
  await together(
    signal,
    (either) => stack.up(settings, either, { postgres }),
    async (either) => {
      build.resolve(programs.build(either));
      await build.promise;
    },
  );
}

/**
 * Runs the whole system until Ctrl-C. It starts from any state of the clone and makes four apps ready.
 *
 * @param command the command as typed after `npm`
 * @param open returns the source of the apps' programs; called once the packages are installed
 */
export async function runSystem(
  { interruption }: CommandContext,
  command: string,
  open: () => Promise<Programs>,
): Promise<number> {
  const { signal } = interruption;
  const began = performance.now();
  const stack = new Stack(profiles.dev);
  using _lock = exclusive(locks.start, command);
  interruption.onSecond(() => {
    ChildGroup.killAll();
    if (!stack.isKept) stack.killAll();
  });
  let fleet: AppFleet | undefined;
  let programs: Programs | undefined;
  try {
    await stopLeftovers(stack);
    const found = stack.running().map(({ name }) => name);
    if (found.length > 0) terminal.line(`Already running, and reused: ${found.join(', ')}.`);
    const settings = await installEverything(stack, signal);
    const apps = resolveApps(settings);
    await checkPorts(portsOf(apps));
    const token = adminToken(settings);
    const environment = {
      ...process.env,
      ...environmentVariables('development'),
      [variableOf('auth.admin_token')]: token,
    };
    programs = await open();
    const { entryOf } = programs;
    const migrations = (either: AbortSignal): Promise<void> => migrate(apps, environment, either, entryOf);
    await prepareServers(stack, settings, programs, migrations, signal);
    fleet = new AppFleet(apps, stack, { ...environment, ...programs.environment }, entryOf);
    await fleet.start(signal);
    programs.follow(fleet);
    printUrls(apps, stack, settings, token);
    terminal.line(`Ready after ${formatDuration(performance.now() - began)}. Ctrl-C stops everything.`);
    using _watch = watchServers(stack);
    await interruption.received();
    return 0;
  } finally {
    await programs?.close();
    await fleet?.stop();
    if (!stack.isKept) await stack.down();
  }
}

/** `npm start`: the built apps. */
export const start: Command = (context) => runSystem(context, 'start', async () => builtPrograms);

import { parseArgs } from 'node:util';
import { LockFile } from '../process/lock-file.ts';
import { services } from '../stack/services.ts';
import { ServerControl } from '../stack/server-control.ts';
import { Stack } from '../stack/stack.ts';
import { printStatus } from '../stack/print-status.ts';
import { profiles } from '../stack/stack-profile.ts';
import { terminal } from '../ui/terminal.ts';
import { ToolError } from '../ui/tool.error.ts';
import { ensureDependencies } from '../workspace/dependencies.ts';
import { locks } from '../workspace/locks.ts';
import { SettingSources } from '../workspace/setting-sources.ts';
import type { Command } from './command.ts';

const usage = new ToolError(
  'stack has the commands: up, down, status, reset, and service NAME start|stop|restart|kill|pause|resume|reset; each with --test for the stack of the tests.',
  {
    exitCode: 2,
  },
);

/** Rejects the command while `npm start` or `npm test` uses the stack. */
function refuseWhileUsed(stack: Stack): void {
  const holder = LockFile.holder(stack.profile.name === 'dev' ? locks.start : locks.test);
  if (!holder) return;
  throw new ToolError(
    `npm ${holder.command} (process ${holder.pid}) uses this stack and stops it at its end.`,
    {
      remedies: ['stop it with Ctrl-C first'],
    },
  );
}

async function up(stack: Stack, settings: SettingSources, signal: AbortSignal): Promise<void> {
  await stack.up(settings, signal);
  stack.keep();
  await printStatus(stack, settings);
}

async function reset(stack: Stack): Promise<void> {
  refuseWhileUsed(stack);
  await stack.down();
  await stack.deleteData();
  terminal.line(`The data of the ${stack.profile.name} stack is deleted.`);
}

async function control(
  stack: Stack,
  settings: SettingSources,
  name: string,
  action: string,
  signal: AbortSignal,
): Promise<void> {
  const service = services.find((each) => each.name === name);
  if (!service) throw usage;
  const record = stack.records.running(service.name);
  const server = record && new ServerControl(stack.profile, record);
  switch (action) {
    case 'stop':
    case 'kill':
    case 'pause':
    case 'resume':
      if (!server) throw new ToolError(`${service.title} does not run in the ${stack.profile.name} stack.`);
      return server[action]();
    case 'restart':
      await server?.stop();
      return stack.start(service, settings, signal);
    case 'start':
      return stack.start(service, settings, signal);
    case 'reset':
      await stack.reset(service);
      return terminal.line(`The data of ${service.title} in the ${stack.profile.name} stack is deleted.`);
    default:
      throw usage;
  }
}

/** `npm run stack -- …`: only the backing services. */
export const stack: Command = async ({ args, interruption }) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { test: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [verb = 'status', name = '', action = ''] = positionals;
  await ensureDependencies(interruption.signal);
  const profile = values.test === true ? profiles.test : profiles.dev;
  const settings = await SettingSources.load(profile.name === 'dev' ? 'development' : 'test');
  const target = new Stack(profile);
  if (verb === 'up') await up(target, settings, interruption.signal);
  else if (verb === 'status') await printStatus(target, settings);
  else if (verb === 'reset') await reset(target);
  else if (verb === 'service') await control(target, settings, name, action, interruption.signal);
  else if (verb === 'down') {
    refuseWhileUsed(target);
    await target.down();
  } else throw usage;
  return 0;
};

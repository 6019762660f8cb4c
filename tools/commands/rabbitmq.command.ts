import { appNames, entryOf } from '../apps/app-entry.ts';
import { runCommand } from '../process/run-command.ts';
import { diagramOf } from '../rabbitmq/topology.diagram.ts';
import { type AppTopology, mergeTopologies } from '../rabbitmq/topology.ts';
import { tableOf } from '../rabbitmq/topology.table.ts';
import { terminal } from '../ui/terminal.ts';
import { ToolError } from '../ui/tool.error.ts';
import { ensureBuild } from '../workspace/build.ts';
import { ensureDependencies } from '../workspace/dependencies.ts';
import { paths } from '../workspace/paths.ts';
import type { Command } from './command.ts';

async function topologyOf(app: string, signal: AbortSignal): Promise<[string, AppTopology]> {
  const { ok, output } = await runCommand(process.execPath, [entryOf(app), 'topology'], {
    cwd: paths.root,
    log: paths.log(`topology-${app}`),
    signal,
  });
  if (ok) return [app, JSON.parse(output) as AppTopology];
  throw new ToolError(`${app} could not print its queues. Its output:`, {
    evidence: output.trimEnd().split('\n').slice(-20),
  });
}

/** `npm run rabbitmq:topology`: the queues and exchanges of the apps, from the code without a broker. */
export const rabbitmq: Command = async ({ args: [verb = ''], interruption: { signal } }) => {
  if (verb !== 'topology') throw new ToolError('rabbitmq has the command: topology.', { exitCode: 2 });
  await ensureDependencies(signal);
  await ensureBuild(signal);
  const topology = mergeTopologies(await Promise.all(appNames.map((app) => topologyOf(app, signal))));
  terminal.line(tableOf(topology));
  terminal.line(`\n\`\`\`mermaid\n${diagramOf(topology)}\n\`\`\``);
  return 0;
};

import { runCommand } from '../process/run-command.ts';
import { terminal } from '../ui/terminal.ts';
import { ToolError } from '../ui/tool.error.ts';
import { ensureDependencies } from '../workspace/dependencies.ts';
import { paths } from '../workspace/paths.ts';
import type { Command } from './command.ts';

const usage = new ToolError('proto knows: generate, baseline, check.', { exitCode: 2 });

/** `npm run proto:generate`, `proto:baseline`, `proto:check`: what stands in tools/proto, with what it needs. */
export const proto: Command = async ({ args: [verb = ''], interruption: { signal } }) => {
  if (!['generate', 'baseline', 'check'].includes(verb)) throw usage;
  await ensureDependencies(signal);
  const script = paths.inClone('tools', 'proto', `${verb}.ts`);
  const log = paths.log(`proto-${verb}`);
  const { ok, output } = await runCommand(process.execPath, [script], { cwd: paths.root, log, signal });
  if (output.trim() !== '') terminal.line(output.trimEnd());
  return ok ? 0 : 1;
};

import { runCommand } from '../process/run-command.ts';
import { terminal } from '../ui/terminal.ts';
import { ToolError } from '../ui/tool.error.ts';
import { ensureDependencies } from '../workspace/dependencies.ts';
import { paths } from '../workspace/paths.ts';
import type { Command } from './command.ts';

const verbs = ['generate', 'check', 'lint', 'breaking', 'baseline'];
const usage = new ToolError(`Use one of: ${verbs.map((verb) => `proto ${verb}`).join(', ')}.`, {
  exitCode: 2,
});

/** `npm run proto:generate`, `proto:check`, …: runs the script of that name in tools/proto. */
export const proto: Command = async ({ args: [verb = ''], interruption: { signal } }) => {
  if (!verbs.includes(verb)) throw usage;
  await ensureDependencies(signal);
  const script = paths.inClone('tools', 'proto', `${verb}.ts`);
  const log = paths.log(`proto-${verb}`);
  const { ok, output } = await runCommand(process.execPath, [script], { cwd: paths.root, log, signal });
  if (output.trim() !== '') terminal.line(output.trimEnd());
  return ok ? 0 : 1;
};

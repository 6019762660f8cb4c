import { runCommand } from '../process/run-command.ts';
import { terminal } from '../ui/terminal.ts';
import { ToolError } from '../ui/tool.error.ts';
import { ensureDependencies } from '../workspace/dependencies.ts';
import { paths } from '../workspace/paths.ts';
import type { Command } from './command.ts';

const usage = new ToolError('k8s has the commands: render, check.', { exitCode: 2 });

/** `npm run k8s:render`, `k8s:check`: runs the scripts of tools/k8s after installing their dependencies. */
export const k8s: Command = async ({ args: [verb = ''], interruption: { signal } }) => {
  if (!['render', 'check'].includes(verb)) throw usage;
  await ensureDependencies(signal);
  const script = paths.inClone('tools', 'k8s', `${verb}.ts`);
  const log = paths.log(`k8s-${verb}`);
  const { ok, output } = await runCommand(process.execPath, [script], { cwd: paths.root, log, signal });
  if (output.trim() !== '') terminal.line(output.trimEnd());
  return ok ? 0 : 1;
};

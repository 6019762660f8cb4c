import { terminal } from './terminal.ts';
import { ToolError } from './tool.error.ts';

/** Prints the error as one message and returns its exit code. */
export function reportFailure(error: unknown): number {
  if (!(error instanceof ToolError)) {
    terminal.line(
      `${terminal.red('✗')} A fault in the tool itself: ${error instanceof Error ? error.stack : String(error)}`,
    );
    return 1;
  }
  const [headline, ...more] = error.message.split('\n');
  terminal.line(`${terminal.red('✗')} ${headline}`);
  for (const line of more) terminal.line(`  ${line}`);
  for (const line of error.evidence) terminal.line(`  ${terminal.dim('│')} ${line}`);
  for (const remedy of error.remedies) terminal.line(`  ${terminal.yellow('→')} ${remedy}`);
  return error.exitCode;
}

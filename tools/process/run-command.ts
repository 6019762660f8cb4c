import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ChildGroup } from './child-group.ts';

export interface RunCommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Log file for its output. */
  readonly log: string;
  /** Ends the command with all its descendants. */
  readonly signal: AbortSignal;
  readonly uid?: number;
  readonly gid?: number;
  /** Appends to the log instead of replacing it. @default false */
  readonly append?: boolean;
}

export interface CommandResult {
  readonly ok: boolean;
  readonly code: number | null;
  readonly output: string;
}

/**
 * Runs a command with its output in a log file. After an interruption it ends the command, and then throws the reason
 * of the interruption.
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: RunCommandOptions,
): Promise<CommandResult> {
  options.signal.throwIfAborted();
  mkdirSync(dirname(options.log), { recursive: true });
  const log = openSync(options.log, options.append ? 'a' : 'w');
  try {
    const { cwd, env, uid, gid } = options;
    const child = new ChildGroup(file, args, { cwd, env, uid, gid, stdio: ['ignore', log, log] });
    let ending: Promise<void> | undefined;
    const interrupt = (): void => {
      ending = child.endTree('SIGTERM', 2_000);
    };
    options.signal.addEventListener('abort', interrupt, { once: true });
    try {
      const { code } = await child.exited;
      await ending;
      options.signal.throwIfAborted();
      return { ok: code === 0, code, output: readFileSync(options.log, 'utf8') };
    } finally {
      options.signal.removeEventListener('abort', interrupt);
    }
  } finally {
    closeSync(log);
  }
}

import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ChildGroup } from './child-group.ts';

export interface RunCommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Path of the log file for the output of the command. */
  readonly log: string;
  /** When it is aborted, the command and all its child processes are ended. */
  readonly signal: AbortSignal;
  readonly uid?: number;
  readonly gid?: number;
  /** Appends to the log instead of replacing it. @default false */
  readonly append?: boolean;
}

export interface CommandResult {
  /** Whether the exit code is 0. */
  readonly ok: boolean;
  /** The exit code; null when a signal ended the command. */
  readonly code: number | null;
  /** The content of the log file. */
  readonly output: string;
}

/**
 * Runs a command and writes its output to a log file. A failure of the command is a return value.
 *
 * @throws the reason of the signal when the signal was aborted, after the command has ended
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
    let ended: Promise<void> | undefined;
    const interrupt = (): void => {
      ended = child.endTree('SIGTERM', 2_000);
    };
    options.signal.addEventListener('abort', interrupt, { once: true });
    try {
      const { code } = await child.exited;
      await ended;
      options.signal.throwIfAborted();
      return { ok: code === 0, code, output: readFileSync(options.log, 'utf8') };
    } finally {
      options.signal.removeEventListener('abort', interrupt);
    }
  } finally {
    closeSync(log);
  }
}

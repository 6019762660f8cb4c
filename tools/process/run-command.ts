import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ChildGroup } from './child-group.ts';

export interface RunCommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Where everything that it prints is kept. */
  readonly log: string;
  /** Ends the command with everything below it. */
  readonly signal: AbortSignal;
  readonly uid?: number;
  readonly gid?: number;
  /** Adds to the log instead of starting it anew. @default false */
  readonly append?: boolean;
}

export interface CommandResult {
  readonly ok: boolean;
  readonly code: number | null;
  readonly output: string;
}

/**
 * Runs a command to its end with its output in a log file. Interrupted, it is ended first and the reason of the
 * interruption is thrown then.
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

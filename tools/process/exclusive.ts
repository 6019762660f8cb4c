import { ToolError } from '../ui/tool.error.ts';
import { LockFile } from './lock-file.ts';

/** Takes the lock of a command that may run once in a clone, or says who holds it. */
export function exclusive(file: string, command: string): LockFile {
  const lock = LockFile.take(file, command);
  if (lock instanceof LockFile) return lock;
  const since = new Date(lock.since).toLocaleTimeString('en-GB');
  throw new ToolError(
    `npm ${lock.command} runs already in this clone: process ${lock.pid}, since ${since}.`,
    {
      remedies: [`use that one, or stop it with Ctrl-C (kill ${lock.pid})`],
    },
  );
}

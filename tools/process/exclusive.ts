import { ToolError } from '../ui/tool.error.ts';
import { LockFile } from './lock-file.ts';

/** Acquires the lock of a command that may run once in a clone. @throws ToolError that names the holder */
export function exclusive(file: string, command: string): LockFile {
  const lock = LockFile.take(file, command);
  if (lock instanceof LockFile) return lock;
  const since = new Date(lock.since).toLocaleTimeString('en-GB');
  throw new ToolError(
    `npm ${lock.command} is already running in this clone: process ${lock.pid}, since ${since}.`,
    {
      remedies: [`use that one, or stop it with Ctrl-C (kill ${lock.pid})`],
    },
  );
}

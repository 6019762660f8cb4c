import { setTimeout as sleep } from 'node:timers/promises';
import { terminal } from '../ui/terminal.ts';
import { LockFile } from './lock-file.ts';

/** Acquires a lock for a short piece of work; waits while another command of this clone does the same work. */
export async function waitForLock(file: string, purpose: string, signal: AbortSignal): Promise<LockFile> {
  let announced = false;
  for (;;) {
    signal.throwIfAborted();
    const lock = LockFile.take(file, purpose);
    if (lock instanceof LockFile) return lock;
    if (!announced) terminal.line(`${terminal.dim('•')} Waiting for process ${lock.pid} (${lock.command}) …`);
    announced = true;
    await sleep(200, undefined, { signal }).catch(() => undefined);
  }
}

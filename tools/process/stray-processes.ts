import { readdirSync, readFileSync } from 'node:fs';

/** The environment variable by which everything that a stack starts can be found again, helpers of helpers included. */
export const ownerVariable = 'GANYMEDE_OWNER';

/** Processes that carry the owner's mark in their environment; Linux alone can tell. */
function strayProcesses(owner: string): number[] {
  if (process.platform !== 'linux') return [];
  const mark = `${ownerVariable}=${owner}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(mark);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Ends what is left of an owner after everything known was stopped; returns how many there were. */
export function endStrays(owner: string): number {
  const strays = strayProcesses(owner);
  for (const pid of strays) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // ended meanwhile
    }
  }
  return strays.length;
}

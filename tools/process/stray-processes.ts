import { readdirSync, readFileSync } from 'node:fs';

/** The environment variable that marks all processes of a stack, including indirect child processes. */
export const ownerVariable = 'GANYMEDE_OWNER';

/** Processes with the owner's mark in their environment; only on Linux. */
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

/** Ends the remaining processes of an owner after all known ones were stopped. @returns their number */
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

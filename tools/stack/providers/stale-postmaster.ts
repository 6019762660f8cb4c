import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify } from '../../process/process-identity.ts';

/** The processes of PostgreSQL, whose working directory is the data folder. */
export function processesIn(data: string): number[] {
  if (process.platform !== 'linux') return [];
  const folder = realpathSync(data);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readlinkSync(`/proc/${name}/cwd`) === folder;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/**
 * Removes the lock file of a postmaster that does not run here. PostgreSQL would mistake any process with that id for
 * the postmaster: a zombie that the first process of a container never reaps, a later process with the same id, or
 * the server of the original of a copied checkout. Backends that outlived their postmaster are ended first, because
 * the lock file also prevents a new server from running together with them.
 */
export async function clearStalePostmaster(data: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const file = join(data, 'postmaster.pid');
  let pid: number;
  try {
    pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  } catch {
    return;
  }
  if (identify(pid) && processesIn(data).includes(pid)) return;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const backends = processesIn(data);
    if (backends.length === 0) break;
    for (const backend of backends) process.kill(backend, 'SIGKILL');
    await sleep(20);
  }
  rmSync(file, { force: true });
}

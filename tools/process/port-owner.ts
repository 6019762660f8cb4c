import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** proc(5): the socket of a port, preferably in the state LISTEN; an outgoing connection also uses its port. */
function inodeOf(port: number): string | undefined {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && fields[9] !== '0');
  return (rows.find((fields) => fields[3] === '0A') ?? rows[0])?.[9];
}

function holderOf(inode: string): number | undefined {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
        if (readlinkSync(`/proc/${pid}/fd/${descriptor}`) === `socket:[${inode}]`) return Number(pid);
      }
    } catch {
      // another user's process, or ended meanwhile
    }
  }
  return undefined;
}

function pidOfPort(port: number): number | undefined {
  if (process.platform !== 'linux') {
    return (
      Number(execFileSync('lsof', ['-ti', `tcp:${port}`], { encoding: 'utf8' }).split('\n')[0]) || undefined
    );
  }
  const inode = inodeOf(port);
  return inode === undefined ? undefined : holderOf(inode);
}

/** Describes the process that uses a port: `process 4711 (nginx: master)`, or that it cannot be determined. */
export function describePortOwner(port: number): string {
  try {
    const pid = pidOfPort(port);
    if (pid === undefined)
      return "a process that cannot be seen from here (another user's, or a container's)";
    const command = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return `process ${pid} (${command.length > 80 ? `${command.slice(0, 79)}…` : command})`;
  } catch {
    return 'an unknown process';
  }
}

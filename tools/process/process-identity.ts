import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process that can be told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the kernel started it, in a form that only compares equal. */
  readonly startedAt: string;
}

/** Field 22 of proc(5) `stat`, counted behind the command's closing bracket; a zombie counts as gone. */
function startTicks(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function startTime(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const ticks = startTicks(pid);
      return ticks && `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)}:${ticks}`;
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The identity of a running process, or nothing when there is none of this number. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = startTime(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return startTime(identity.pid) === identity.startedAt;
}

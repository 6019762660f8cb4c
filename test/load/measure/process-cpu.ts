import { readdirSync, readFileSync } from 'node:fs';

/** Linux reports processor time to programs in hundredths of a second, independent of the kernel's clock. */
const MS_PER_TICK = 10;
/** The index in the fields after the name, which begin with the third field. */
const UTIME = 14 - 3;
const NS_PER_MS = 1e6;

/** The processor time that a process and its threads have used so far, in milliseconds; undefined without a /proc. */
export function cpuMsOf(pid: number): number | undefined {
  try {
    return exactCpuMsOf(pid) || cpuTicksMsOf(pid);
  } catch {
    return undefined;
  }
}

/**
 * Exact to the nanosecond, without threads that have ended; a Node.js process keeps its threads. 0 when the kernel does
 * not measure it.
 *
 * @see https://docs.kernel.org/scheduler/sched-stats.html
 */
function exactCpuMsOf(pid: number): number {
  const folder = `/proc/${pid}/task`;
  const threads = readdirSync(folder).map((thread) => readFileSync(`${folder}/${thread}/schedstat`, 'utf8'));
  return threads.reduce((sum, text) => sum + Number(text.split(' ', 1)[0]), 0) / NS_PER_MS;
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function cpuTicksMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may contain any text; the fields after it are numbers.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME]) + Number(fields[UTIME + 1])) * MS_PER_TICK;
}

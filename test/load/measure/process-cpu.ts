import { readFileSync } from 'node:fs';

/** Linux reports processor time to programs in hundredths of a second, independent of the kernel's clock. */
const MS_PER_TICK = 10;
/** The index in the fields after the name, which begin with the third field. */
const UTIME = 14 - 3;

/**
 * The processor time that a process and its threads have used so far, in milliseconds; undefined without a /proc.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function cpuMsOf(pid: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name in parentheses may contain any text; the fields after it are numbers.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME]) + Number(fields[UTIME + 1])) * MS_PER_TICK;
}

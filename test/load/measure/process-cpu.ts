import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second for every program, whatever its own clock is. */
const MS_PER_TICK = 10;
/** Of the fields behind the name, which begin with the third. */
const UTIME = 14 - 3;

/**
 * The processor time that a process and its threads have used so far, in milliseconds; undefined where there is no
 * /proc.
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
  // The name in parentheses may hold anything; the fields behind it are numbers.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME]) + Number(fields[UTIME + 1])) * MS_PER_TICK;
}

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Pairs of process and parent. */
function parents(): Map<number, number> {
  const table = new Map<number, number>();
  if (process.platform === 'linux') {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        table.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
      } catch {
        // ended meanwhile
      }
    }
    return table;
  }
  for (const line of execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n')) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (pid && parent) table.set(pid, parent);
  }
  return table;
}

/** The process and everything below it, parents first. */
function processTree(root: number): number[] {
  const table = parents();
  const tree = [root];
  for (const each of tree) for (const [pid, parent] of table) if (parent === each) tree.push(pid);
  return tree;
}

/**
 * Signals a server with all its child processes. Its process group is not enough: PostgreSQL's backends each create a
 * separate session.
 */
export function signalTree(root: number, signal: NodeJS.Signals): void {
  for (const pid of [...processTree(root), -root]) {
    try {
      process.kill(pid, signal);
    } catch {
      // ended meanwhile
    }
  }
}

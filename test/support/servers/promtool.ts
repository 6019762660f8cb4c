import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Whether `promtool` of Prometheus is installed (Debian: the package `prometheus`). */
export function hasPromtool(): boolean {
  return spawnSync('promtool', ['--version']).status === 0;
}

/** The findings of `promtool check metrics` for a page; empty when it is valid. */
export async function promtoolCheck(page: string): Promise<string> {
  const tool = spawn('promtool', ['check', 'metrics']);
  const said = Promise.all([text(tool.stdout), text(tool.stderr)]);
  tool.stdin.end(page);
  const [code] = (await once(tool, 'close')) as [number | null];
  const complaints = (await said).join('').trim();
  return code === 0 ? complaints : complaints || `promtool ended with ${code}`;
}

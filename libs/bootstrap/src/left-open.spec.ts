import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const MODULE = new URL('left-open.ts', import.meta.url).href;

/** Runs in a separate process, because Jest itself has open resources. */
async function leftOpenAfter(code: string): Promise<unknown> {
  const script = `import { leftOpen } from '${MODULE}'; ${code}; console.log(JSON.stringify(await leftOpen(200))); process.exit()`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout);
}

describe('the resources left open by a stopped process', () => {
  it('are none when all are closed, even a moment later', async () => {
    expect(await leftOpenAfter('setTimeout(() => 0, 50); setInterval(() => 0, 50).unref()')).toEqual({});
  });

  it('include a timer that was not cleared and a server that was not closed', async () => {
    const code = `setInterval(() => 0, 50); (await import('node:net')).createServer().listen(0, '127.0.0.1')`;
    expect(await leftOpenAfter(code)).toEqual({ Timeout: 1, TCPServerWrap: 1 });
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clearStalePostmaster } from './stale-postmaster.ts';

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('the lock file of PostgreSQL', () => {
  let data: string;
  let file: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'data é '));
    file = join(data, 'postmaster.pid');
  });
  afterEach(() => rmSync(data, { recursive: true }));

  it.each([
    ['a process with another working directory, such as the server of a copied checkout', process.pid],
    ['a process that has ended', 2 ** 22 + 1],
  ])('is removed when it names %s', async (_case, pid) => {
    writeFileSync(file, `${pid}\n/elsewhere\n`);
    await clearStalePostmaster(data);
    expect(existsSync(file)).toBe(false);
  });

  it('is kept while its process works in the folder', async () => {
    const server = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { cwd: data });
    await once(server, 'spawn');
    writeFileSync(file, `${server.pid}\n${data}\n`);
    await clearStalePostmaster(data);
    expect(existsSync(file)).toBe(true);
    server.kill('SIGKILL');
    await once(server, 'exit');
  });
});

import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { FULL } from '../../support/assertions/form.js';
import { MetricsPage } from '../../support/assertions/metrics-page.js';
import { startingApps } from '../starting-apps.js';
import { PipedGateway } from './piped-app.js';
import { pipelinedLoad } from './pipelined-load.js';

const MIB = 1024 ** 2;
/** The lines of the full disk. `GANYMEDE_LOG_LINES=2000000` is the long form. */
const LINES = Number(process.env['GANYMEDE_LOG_LINES'] ?? (FULL ? 200_000 : 20_000));
/** Lines that exceed a pipe and its buffer many times. */
const MANY = FULL ? 20_000 : 8_000;
const BUFFER = { APP__LOGGING__BUFFER: '256KiB' };
const execute = promisify(execFile);
const canMount = process.getuid?.() === 0 && process.platform === 'linux';

describe('an app that cannot write its log', () => {
  const start = startingApps();
  const piped: PipedGateway[] = [];

  afterEach(() => {
    for (const gateway of piped.splice(0)) gateway.kill();
  });

  async function pipedGateway(): Promise<PipedGateway> {
    const gateway = await PipedGateway.start(BUFFER);
    piped.push(gateway);
    return gateway;
  }

  it(
    `still serves on a full disk, in bounded memory, and reports how many of ${LINES} lines it dropped`,
    async () => {
      if (!canMount) {
        process.stderr.write('Skipped: only root on Linux can mount a small tmpfs to fill it up.\n');
        return;
      }
      const folder = await mkdtemp(join(tmpdir(), 'full-disk-'));
      await execute('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]);
      try {
        await writeFile(join(folder, 'filling'), Buffer.alloc(7 * MIB));
        const path = join(folder, 'app.log');
        const file = JSON.stringify({ path, size: '1GiB' });
        const app = await (await start('gateway', { ...BUFFER, APP__LOGGING__FILE: file })).ready();
        const metric = async (name: string) =>
          new MetricsPage((await app.management.get('/metrics')).text).sum(name);

        expect(await pipelinedLoad(app.port, '/ping', LINES / 2)).toBe(LINES / 2);
        const before = await metric('process_resident_memory_bytes');
        expect(await pipelinedLoad(app.port, '/ping', LINES / 2)).toBe(LINES / 2);
        expect((await metric('process_resident_memory_bytes')) - before).toBeLessThan(64 * MIB);
        const dropped = await metric('log_lines_dropped_total');
        expect(dropped).toBeGreaterThan(LINES / 2);

        await rm(join(folder, 'filling'));
        const tail = async () => (await readFile(app.log.file)).subarray(-4096).toString();
        await eventually(async () =>
          expect(await tail()).toContain(`${path} is written again, ${dropped} lines`),
        );
        expect(await app.stop()).toEqual({ code: 0, signal: null });
        const [inFile, onStdout] = [await readFile(path), await readFile(app.log.file)].map(linesIn);
        expect({ lost: (onStdout ?? 0) - (inFile ?? 0) }).toEqual({ lost: dropped });
        await rm(app.log.file);
      } finally {
        await execute('umount', ['-l', folder]);
        await rm(folder, { recursive: true, force: true });
      }
    },
    60_000 + LINES,
  );

  it('still serves while its file blocks and is then slow, and reports dropped lines, not as an error', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slow-disk-'));
    const path = join(folder, 'app.log');
    await execute('mkfifo', [path]);
    const file = JSON.stringify({ path });
    const app = await (await start('gateway', { ...BUFFER, APP__LOGGING__FILE: file })).ready();
    const metric = async (name: string) =>
      new MetricsPage((await app.management.get('/metrics')).text).sum(name);

    expect(await pipelinedLoad(app.port, '/ping', MANY / 4)).toBe(MANY / 4);
    const before = await metric('process_resident_memory_bytes');
    expect(await pipelinedLoad(app.port, '/ping', MANY)).toBe(MANY);
    expect((await app.http.get('/panic')).status).toBe(500);
    expect((await metric('process_resident_memory_bytes')) - before).toBeLessThan(64 * MIB);
    expect(await metric('log_lines_dropped_total')).toBeGreaterThan(MANY / 2);

    let text = '';
    const reader = createReadStream(path, { highWaterMark: 4096 });
    const slowly = (async () => {
      for await (const chunk of reader) {
        text += String(chunk);
        await delay(2);
      }
    })();
    await eventually(() => expect(text).toMatch(/app\.log is written again, \d{4,} lines were dropped/), {
      within: 15_000,
    });
    const lines = text.split('\n').slice(0, -1);
    expect(lines.every(isJson)).toBe(true);
    // The failure, and the access line of its request.
    expect(lines.filter((line) => line.includes('"level":"error"') && line.includes('/panic'))).toHaveLength(
      2,
    );
    expect(await app.stop()).toEqual({ code: 0, signal: null });
    await slowly;
    expect(text).toContain('"msg":"stopped"');
    await rm(folder, { recursive: true });
  });

  it('stops cleanly while its file blocks', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'no-disk-'));
    const path = join(folder, 'app.log');
    await execute('mkfifo', [path]);
    const app = await (await start('gateway', { APP__LOGGING__FILE: JSON.stringify({ path }) })).ready();
    expect(await app.stop({ within: 10_000 })).toEqual({ code: 0, signal: null });
    expect(app.log.text()).toMatch(/\d+ lines of the log could not be written/);
    await rm(folder, { recursive: true });
  });

  it('still serves while its output is not read, reports the dropped lines afterwards, and stops cleanly', async () => {
    const gateway = await pipedGateway();
    expect(await pipelinedLoad(gateway.http.port, '/ping', MANY / 4)).toBe(MANY / 4);
    const before = await gateway.residentBytes();
    expect(await pipelinedLoad(gateway.http.port, '/ping', MANY)).toBe(MANY);
    expect((await gateway.residentBytes()) - before).toBeLessThan(64 * MIB);
    const dropped = await gateway.droppedLines();
    expect(dropped).toBeGreaterThan(MANY / 2);

    let text = '';
    gateway.stdout.on('data', (chunk) => (text += String(chunk)));
    await eventually(() => expect(text).toContain(`stdout is written again, ${dropped} lines were dropped`));
    expect(text.trimEnd().split('\n').every(isJson)).toBe(true);

    gateway.stdout.pause();
    expect(await pipelinedLoad(gateway.http.port, '/ping', MANY)).toBe(MANY);
    expect(await gateway.droppedLines()).toBeGreaterThan(dropped);
    expect(await gateway.stop()).toBe(0);
  });

  it('still serves when the reader of its output has exited', async () => {
    const gateway = await pipedGateway();
    gateway.stdout.destroy();
    expect(await pipelinedLoad(gateway.http.port, '/ping', MANY / 4)).toBe(MANY / 4);
    expect(await gateway.stop()).toBe(0);
  });
});

function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

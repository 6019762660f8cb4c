import { request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { digestOf, formOf, generatedFile } from '../../support/assertions/generated-file.js';
import { growthDuring, residentBytes } from './memory-watch.js';

const MiB = 1024 ** 2;
const SIZE = 200 * MiB;
const ALLOWED_GROWTH = 150 * MiB;
const PATIENCE_MS = 120_000;
const WITHIN = { within: 20_000 };

interface Uploaded {
  key: string;
  url: string;
  size: number;
  sha256: string;
}

describe('a large file', () => {
  const fixture = runningSystem();
  const download = async (path: string) =>
    (await fetch(new URL(path, fixture.http.base))).body ?? new ReadableStream();

  async function upload(size: number): Promise<Uploaded> {
    const { body, headers } = formOf(generatedFile(size));
    const reply = await fixture.http.post('/api/v1/upload', body, { headers });
    expect(reply.status).toBe(201);
    return reply.json<Uploaded>();
  }

  it(
    'of 200 MiB is returned unchanged, through a gateway that grows by at most 150 MiB',
    async () => {
      const expected = await digestOf(generatedFile(SIZE));
      const idle = await residentBytes(fixture);
      let returned = '';
      const growth = await growthDuring(fixture, idle, async () => {
        const file = await upload(SIZE);
        expect(file).toMatchObject({ size: SIZE, sha256: expected });
        returned = await digestOf(await download(file.url));
        await fixture.http.delete(file.url);
      });
      expect(returned).toBe(expected);
      expect(growth).toBeLessThanOrEqual(ALLOWED_GROWTH);
    },
    PATIENCE_MS,
  );

  it(
    'is not buffered in the gateway while its reader is slow',
    async () => {
      const file = await upload(SIZE);
      const reader = (await download(file.url)).getReader();
      await reader.read();
      const idle = await residentBytes(fixture);
      const growth = await growthDuring(fixture, idle, async () => {
        // In this time a gateway that reads ahead would have read everything.
        for (let look = 0; look < 20; look++) await residentBytes(fixture);
      });
      expect(growth).toBeLessThan(50 * MiB);
      while (!(await reader.read()).done);
      await fixture.http.delete(file.url);
    },
    PATIENCE_MS,
  );

  it(
    'leaves no data when its sender disconnects in the middle',
    async () => {
      const seen = async () => {
        const metrics = await fixture.metrics('gateway');
        const requests = (operation: string) =>
          metrics.sum('s3_requests_total', { operation, outcome: 'ok' });
        return {
          parts: requests('UploadPart'),
          aborted: requests('AbortMultipartUpload'),
          gone: metrics.sum('http_requests_total', { route: '/api/v1/upload', status: '499' }),
        };
      };
      const before = await seen();
      const { body, headers } = formOf(generatedFile(40 * MiB));
      const { hostname, port } = fixture.http.base;
      const sender = request({ method: 'POST', path: '/api/v1/upload', hostname, port, headers });
      sender.on('error', () => undefined);
      // Sends everything but the end of the form, so the gateway must wait for more.
      body.pipe(sender, { end: false });
      await eventually(async () => expect((await seen()).parts).toBeGreaterThan(before.parts), WITHIN);
      sender.destroy();
      const after = { aborted: before.aborted + 1, gone: before.gone + 1 };
      await eventually(async () => expect(await seen()).toMatchObject(after), WITHIN);
    },
    PATIENCE_MS,
  );
});

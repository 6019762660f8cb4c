import { request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { runningHouse } from '../../support/running-house.js';
import { digestOf, formOf, generatedFile } from '../../support/generated-file.js';
import { growthDuring, residentBytes } from './memory-watch.js';

const MiB = 1024 ** 2;
const SIZE = 200 * MiB;
const ALLOWED_GROWTH = 150 * MiB;
const PATIENCE_MS = 120_000;
const PATIENCE = { within: 20_000 };

interface Uploaded {
  key: string;
  url: string;
  size: number;
  sha256: string;
}

describe('a file of 200 MiB', () => {
  const house = runningHouse();
  const download = async (path: string) =>
    (await fetch(new URL(path, house.http.base))).body ?? new ReadableStream();

  async function upload(size: number): Promise<Uploaded> {
    const { body, headers } = formOf(generatedFile(size));
    const reply = await house.http.post('/api/v1/upload', body, { headers });
    expect(reply.status).toBe(201);
    return reply.json<Uploaded>();
  }

  it(
    'comes back as it went in, through a gateway that grows by no more than 150 MiB',
    async () => {
      const expected = await digestOf(generatedFile(SIZE));
      const idle = await residentBytes(house);
      let returned = '';
      const growth = await growthDuring(house, idle, async () => {
        const file = await upload(SIZE);
        expect(file).toMatchObject({ size: SIZE, sha256: expected });
        returned = await digestOf(await download(file.url));
        await house.http.delete(file.url);
      });
      expect(returned).toBe(expected);
      expect(growth).toBeLessThanOrEqual(ALLOWED_GROWTH);
    },
    PATIENCE_MS,
  );

  it(
    'waits in the object store while its reader is slow, not in the gateway',
    async () => {
      const file = await upload(SIZE);
      const reader = (await download(file.url)).getReader();
      await reader.read();
      const idle = await residentBytes(house);
      const growth = await growthDuring(house, idle, async () => {
        // The time in which a gateway that reads ahead has read it all.
        for (let look = 0; look < 20; look++) await residentBytes(house);
      });
      expect(growth).toBeLessThan(SIZE / 4);
      while (!(await reader.read()).done);
      await house.http.delete(file.url);
    },
    PATIENCE_MS,
  );

  it(
    'leaves nothing behind when its sender goes away in the middle',
    async () => {
      const seen = async () => {
        const metrics = await house.metrics('gateway');
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
      const { hostname, port } = house.http.base;
      const sender = request({ method: 'POST', path: '/api/v1/upload', hostname, port, headers });
      sender.on('error', () => undefined);
      // Everything but the end of the form: the gateway cannot know that no more will come.
      body.pipe(sender, { end: false });
      await eventually(async () => expect((await seen()).parts).toBeGreaterThan(before.parts), PATIENCE);
      sender.destroy();
      const after = { aborted: before.aborted + 1, gone: before.gone + 1 };
      await eventually(async () => expect(await seen()).toMatchObject(after), PATIENCE);
    },
    PATIENCE_MS,
  );
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { digestOf, formOf, generatedFile } from '../../support/assertions/generated-file.js';
import type { HttpReply } from '../../support/network/http-client.js';
import { byForm, LONG } from '../../support/assertions/form.js';
import { FilesFixture } from './files-fixture.js';
import { goneAfter, heldUpload } from './sender.js';

const MiB = 1024 ** 2;
const PATIENCE_MS = LONG ? 600_000 : 180_000;
const MEMORY_BOUND = 150 * MiB;
const [LARGE, MANY, EACH] = LONG ? [1024 * MiB, 8, 100 * MiB] : [64 * MiB, 3, 12 * MiB];
const MOMENTS = byForm({ short: 4, full: 10 });
const READS = byForm({ short: 20, full: 100 });
/** Enough for parts in flight, parts that wait, and one that is being filled. */
const BROKEN = 24 * MiB;

describe('uploads', () => {
  let fixture: FilesFixture;

  const upload = (size: number): Promise<HttpReply> => {
    const { body, headers } = formOf(generatedFile(size));
    return fixture.gateway.http.post('/api/v1/upload', body, { headers });
  };
  const uploaded = async (size: number): Promise<{ url: string; key: string; sha256: string }> => {
    const reply = await upload(size);
    expect([reply.status, reply.text]).toEqual([201, expect.any(String)]);
    return reply.json();
  };
  const resident = async () => (await fixture.metrics()).sum('process_resident_memory_bytes');

  /** The largest growth of the gateway's resident memory during `work`. */
  async function growthDuring(work: () => Promise<unknown>): Promise<number> {
    const idle = await resident();
    let peak = idle;
    const done = work().then(() => true);
    while (!(await Promise.race([done, new Promise<false>((no) => setTimeout(no, 50, false))])))
      peak = Math.max(peak, await resident());
    return peak - idle;
  }

  beforeAll(async () => {
    fixture = await FilesFixture.start({ APP__S3__MAX_FILE_SIZE: '2GiB' });
  }, PATIENCE_MS);

  afterAll(() => fixture.stop());

  it(
    'leave no data when their sender disconnects at any moment',
    async () => {
      const moments = Array.from({ length: MOMENTS }, (_, n) => Math.floor((BROKEN * n) / MOMENTS) + 200);
      const gone = async () =>
        (await fixture.metrics()).sum('http_requests_total', { route: '/api/v1/upload', status: '499' });
      await Promise.all(moments.map((after) => goneAfter(fixture.gateway.http.base, BROKEN, after)));
      await eventually(async () => expect(await gone()).toBe(moments.length), { within: 20_000 });
      await eventually(
        async () => expect(await fixture.remains()).toEqual({ objects: [], unfinished: [], records: [] }),
        { within: 20_000 },
      );
    },
    PATIENCE_MS,
  );

  it(
    'fail as documented when the object store crashes, and their remains are swept',
    async () => {
      const uploads = [1, 2, 3, 4].map(() => heldUpload(fixture.gateway.http, BROKEN));
      await eventually(async () => expect(await fixture.s3.unfinished()).toHaveLength(4), { within: 10_000 });
      await fixture.s3.kill();
      const killed = performance.now();
      for (const { goOn } of uploads) goOn();
      const replies = await Promise.all(uploads.map(({ reply }) => reply));
      expect(performance.now() - killed).toBeLessThan(15_000);
      for (const reply of replies) {
        expect(reply.status).toBe(503);
        expect(['UPSTREAM_UNAVAILABLE', 'CIRCUIT_OPEN']).toContain(reply.json()['reason']);
      }
      await fixture.s3.restart();
      expect(await fixture.s3.unfinished()).not.toEqual([]);
      await fixture.sweptTo([]);
      // The first one after the outage is the trial of the store.
      const { url } = await uploaded(BROKEN);
      expect((await fixture.gateway.http.delete(url)).status).toBe(204);
    },
    PATIENCE_MS,
  );

  it(
    'are swept when the gateway crashes during them',
    async () => {
      const uploads = [1, 2, 3].map(() => heldUpload(fixture.gateway.http, BROKEN));
      const lost = Promise.allSettled(uploads.map(({ reply }) => reply));
      await eventually(async () => expect(await fixture.s3.unfinished()).toHaveLength(3), { within: 20_000 });
      fixture.gateway.signal('SIGKILL');
      for (const { goOn } of uploads) goOn();
      await lost;
      await fixture.startGateway();
      const { key } = await uploaded(MiB);
      await fixture.sweptTo([key]);
    },
    PATIENCE_MS,
  );

  it(
    'use memory that does not grow with their size or number',
    async () => {
      let files: { url: string; sha256: string }[] = [];
      const growth = await growthDuring(async () => {
        files = [await uploaded(LARGE)];
        files.push(...(await Promise.all(Array.from({ length: MANY }, () => uploaded(EACH)))));
      });
      const digests = [await digestOf(generatedFile(LARGE)), await digestOf(generatedFile(EACH))];
      expect(new Set(files.map(({ sha256 }) => sha256))).toEqual(new Set(digests));
      for (const { url } of files) expect((await fixture.gateway.http.delete(url)).status).toBe(204);
      expect(growth).toBeLessThanOrEqual(MEMORY_BOUND);
    },
    PATIENCE_MS,
  );

  it(
    'are returned byte by byte, for any requested range',
    async () => {
      const size = 20 * MiB + 4321;
      const content = Buffer.concat([...generatedFile(size)]);
      const { url } = await uploaded(size);
      for (let read = 0; read < READS; read += 1) {
        const start = Math.floor(Math.random() * size);
        const end = Math.min(size - 1, start + Math.floor(Math.random() * 200_000));
        const reply = await fixture.gateway.http.get(url, { headers: { range: `bytes=${start}-${end}` } });
        expect([reply.status, reply.headers['content-range']]).toEqual([
          206,
          `bytes ${start}-${end}/${size}`,
        ]);
        expect(reply.bytes.equals(content.subarray(start, end + 1))).toBe(true);
      }
    },
    PATIENCE_MS,
  );
});

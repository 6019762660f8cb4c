import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { formOf, generatedFile } from '../../support/assertions/generated-file.js';
import { byForm } from '../../support/assertions/form.js';
import { FileLoad } from './file-load.js';
import { FilesFixture } from './files-fixture.js';

const MiB = 1024 ** 2;
const RATE = byForm({ full: 30, long: 200 });
const CLIENTS = 10;
const OUTAGE_MS = byForm({ full: 1_500, long: 10_000 });
/** The longest request under the policies `s3` and `s3_upload` when the object store hangs. */
const SLOWEST_MS = 15_000;
const TRUTH = { within: 3_000, every: 50 };

describe('while the object store is unavailable, the files', () => {
  let fixture: FilesFixture;
  let file: string;
  let load: FileLoad | undefined;

  beforeAll(async () => {
    fixture = await FilesFixture.start();
    const { body, headers } = formOf(generatedFile(200_000));
    const reply = await fixture.gateway.http.post('/api/v1/upload', body, { headers });
    if (reply.status !== 201) throw new Error(reply.text);
    file = reply.json<{ url: string }>().url;
  }, 120_000);

  afterEach(() => load?.stop());
  // After a failed start there is nothing to stop, and the start's own error must be reported.
  afterAll(() => (fixture as FilesFixture | undefined)?.stop());

  const health = async () => {
    const { services } = (await fixture.gateway.http.get('/health/detail')).json<{
      services: { s3: { status: string } };
    }>();
    return services.s3.status;
  };
  const memory = async () => (await fixture.metrics()).sum('process_resident_memory_bytes');

  const breaks: { how: string; away: () => Promise<void>; back: () => Promise<void>; lasts: number }[] = [
    { how: 'killed', away: () => fixture.s3.kill(), back: () => fixture.s3.restart(), lasts: OUTAGE_MS },
    {
      how: 'stopped',
      away: async () => fixture.s3.pause(),
      back: async () => fixture.s3.resume(),
      lasts: OUTAGE_MS,
    },
    {
      how: 'cut off',
      away: async () => fixture.network.cut(),
      back: async () => fixture.network.restore(),
      lasts: OUTAGE_MS,
    },
    {
      how: 'silent',
      away: async () => fixture.network.stall(),
      back: async () => fixture.network.restore(),
      lasts: OUTAGE_MS,
    },
    { how: 'restarted', away: () => fixture.s3.restart(), back: () => Promise.resolve(), lasts: 0 },
  ];

  /** The one that closes connections, and the one that does not answer on them. */
  it.each(breaks)(
    'fail as documented when it is $how, and are available again within 3 s of its return',
    async ({ away, back, lasts }) => {
      const files = new FileLoad(fixture.gateway.http, file, RATE);
      load = files;
      await eventually(() => expect(files.succeeded).toBeGreaterThan(10), { within: 20_000 });
      const before = { memory: await memory(), connections: fixture.network.connections };
      const left = performance.now();
      await away();
      // An outage that is over already is not visible.
      const seen = lasts ? 'down' : 'up';
      await eventually(async () => expect(await health()).toBe(seen), TRUTH);
      expect((await fixture.gateway.management.get('/readyz')).status).toBe(200);
      await delay(Math.max(0, lasts - (performance.now() - left)));
      await back();
      await fixture.s3.answers();
      const { succeeded } = files;
      await eventually(() => expect(files.succeeded).toBeGreaterThan(succeeded), TRUTH);
      await eventually(async () => expect(await health()).toBe('up'), TRUTH);
      const growth = (await memory()) - before.memory;
      const { uploads, brokenOff, undocumented } = await files.stop();
      expect(undocumented).toEqual([]);
      // At most the replies in flight at that moment: one per client.
      expect(brokenOff).toBeLessThanOrEqual(CLIENTS);
      expect(files.slowest).toBeLessThan(SLOWEST_MS);
      expect(growth).toBeLessThan(100 * MiB);
      // Keep-alive connections: at most as many as were needed at the same time.
      expect(fixture.network.connections).toBeLessThanOrEqual(before.connections + CLIENTS);
      expect(fixture.apps.every((app) => !app.hasExited)).toBe(true);
      for (const url of uploads.slice(-3))
        await eventually(async () => expect((await fixture.gateway.http.get(url)).status).toBe(200), TRUTH);
    },
    120_000,
  );
});

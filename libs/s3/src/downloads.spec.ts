import { Readable } from 'node:stream';
import { ConfigHandle } from '@app/config';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Downloads } from './downloads.js';
import type { S3Config } from './s3.config.js';
import type { S3Metrics } from './s3.metrics.js';

const WAIT = 100;
const endless = () => new Readable({ read: () => undefined });

let downloads: Downloads;
let turnedAway: string[];

function carrying() {
  const [stream, source] = [endless(), endless()];
  stream.on('error', () => undefined);
  return { stream, source };
}

/** Opens as many downloads as there are places, each with its streams. */
async function full() {
  return Promise.all(
    Array.from({ length: 3 }, async () => {
      const download = await downloads.begin(undefined);
      const streams = carrying();
      download.attach(streams.stream, streams.source);
      return { download, ...streams };
    }),
  );
}

const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  turnedAway = [];
  const metrics = {
    showDownloads: () => undefined,
    turnedAway: (outcome: string) => turnedAway.push(outcome),
  } as unknown as S3Metrics;
  const config = new ConfigHandle({ maxDownloads: 3, downloadWait: WAIT } as S3Config);
  downloads = new Downloads(metrics, config);
});

afterEach(() => void jest.useRealTimers());

describe('a download that finds all places taken', () => {
  it('is refused within a bounded time when all other readers are active', async () => {
    for (const { download } of await full()) download.turn('source');
    const refused = downloads.begin(undefined).catch((error: unknown) => error);
    await pass(WAIT);
    expect(await refused).toMatchObject({
      reason: 'QUEUE_TIMEOUT',
      status: { http: 503 },
      retryAfterMs: 1000,
    });
    expect(turnedAway).toEqual(['refused']);
  });

  it.each(['stream', 'source'] as const)(
    'takes the place of a download whose %s closes meanwhile',
    async (which) => {
      const [first] = await full();
      const next = downloads.begin(undefined);
      first?.[which].destroy();
      await expect(next).resolves.toBeDefined();
    },
  );

  it('takes the place of the download whose reader has been idle the longest', async () => {
    const [busy, idle, idlest] = await full();
    await pass(500);
    busy?.download.turn('source');
    idle?.download.turn('reader');
    await pass(1_000);
    const cut = new Promise((resolve) => idlest?.stream.once('close', resolve));
    await expect(downloads.begin(undefined)).resolves.toBeDefined();
    await cut;
    expect(idlest?.stream.errored).toMatchObject({ reason: 'DOWNLOAD_CUT' });
    expect([busy, idle].map((other) => other?.stream.destroyed)).toEqual([false, false]);
    expect(turnedAway).toEqual(['cut']);
  });

  it('ends with its caller, and takes no place that becomes free afterwards', async () => {
    const [first] = await full();
    const caller = new AbortController();
    const next = downloads.begin(caller.signal);
    caller.abort();
    first?.download.end();
    await expect(next).rejects.toMatchObject({ reason: 'CANCELLED' });
    await expect(downloads.begin(undefined)).resolves.toBeDefined();
  });
});

it('counts a download once, however often it ends', async () => {
  const [first] = await full();
  first?.download.end();
  first?.stream.destroy();
  await downloads.begin(undefined);
  const refused = downloads.begin(undefined).catch((error: unknown) => error);
  await pass(WAIT);
  expect(await refused).toMatchObject({ reason: 'QUEUE_TIMEOUT' });
});

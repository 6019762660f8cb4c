import { ConfigHandle } from '@app/config';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type DownloadStart, DownloadStarts } from './download-starts.js';
import type { S3Config } from './s3.config.js';
import { FileNotFoundError, FileRefusedError } from './s3.errors.js';
import type { S3Metrics } from './s3.metrics.js';

const MiB = 1024 ** 2;
const never = undefined;

describe('downloads that start together', () => {
  let starts: DownloadStarts;
  let asked: number;
  let first: DownloadStart;
  let second: DownloadStart;
  let waiting: Promise<DownloadStart>;
  let isWaiting: boolean;

  const of = (bytes: number, known?: number) => ({
    known: () => known,
    request: () => Promise.resolve(((asked += 1), bytes)),
  });
  const settle = () => jest.advanceTimersByTimeAsync(0);
  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    asked = 0;
    const metrics = { turnedAway: () => undefined } as unknown as S3Metrics;
    starts = new DownloadStarts(metrics, new ConfigHandle({ startingDownloads: 2 } as S3Config));
    first = await starts.begin(of(20 * MiB), never);
    second = await starts.begin(of(20 * MiB), never);
    isWaiting = true;
    waiting = starts.begin(of(20 * MiB), never).finally(() => (isWaiting = false));
    await settle();
  });

  afterEach(() => void jest.useRealTimers());

  it('request no size while places are free, and let a large file wait when none is free', () => {
    expect([asked, isWaiting]).toEqual([1, true]);
  });

  it.each([
    ['asks the store', MiB, undefined, 2],
    ['knows it', 20 * MiB, MiB, 1],
  ])('do not hold up a small file whose size it %s', async (_how, bytes, known, sizeRequests) => {
    await starts.begin(of(bytes, known), never);
    expect([asked, isWaiting]).toEqual([sizeRequests, true]);
  });

  it('let a download begin whose size the store refuses to state: its own reply has the reason', async () => {
    const refused = FileRefusedError.of(400, new Error('a HEAD has no body'));
    await starts.begin({ known: () => undefined, request: () => Promise.reject(refused) }, never);
    const missing = FileNotFoundError.at('a');
    await expect(
      starts.begin({ known: () => undefined, request: () => Promise.reject(missing) }, never),
    ).rejects.toBe(missing);
    expect(isWaiting).toBe(true);
  });

  it.each<[string, (start: DownloadStart) => void]>([
    ['has brought 256 KiB', (start) => start.turn('source', MiB / 4)],
    ['has ended', (start) => start.end()],
    [
      'has a reader that asks for nothing more',
      (start) => {
        start.turn('reader', 1);
        jest.advanceTimersByTime(20);
      },
    ],
  ])('go on when one of them %s', async (_what, happen) => {
    happen(first);
    await waiting;
    expect(isWaiting).toBe(false);
  });

  it('wait for a download whose store is slow', async () => {
    first.turn('reader', 1);
    first.turn('source', 1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(isWaiting).toBe(true);
  });

  it('release each place once, however the download ends', async () => {
    first.turn('source', MiB);
    first.end();
    await waiting;
    let isNextWaiting = true;
    const next = starts.begin(of(20 * MiB), never).finally(() => (isNextWaiting = false));
    await settle();
    expect(isNextWaiting).toBe(true);
    second.end();
    await next;
  });
});

import { deadlineIn, RequestContext } from '@app/context';
import { CancelledError } from '@app/errors';
import { Metrics } from '@app/telemetry';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MetricsPage } from '../../../test/support/assertions/metrics-page.js';
import { LockBusyError, LockQueueFullError } from './lock.errors.js';
import { LockMetrics } from './lock.metrics.js';
import { LockService } from './lock.service.js';
import type { Lock } from './locks.js';
import type { LockRequest, PostgresLocks } from './postgres/postgres.locks.js';

describe('a request for a lock', () => {
  const inner = { acquire: jest.fn<(request: LockRequest) => Promise<Lock | undefined>>() };
  const release = jest.fn<() => Promise<void>>();
  let metrics: Metrics;
  let locks: LockService;
  let loss: AbortController;
  let lock: Lock;

  const page = async () => new MetricsPage((await metrics.expose()).body);
  const outcomes = async () =>
    (await page()).samples
      .filter(({ name, value }) => name === 'locks_requests_total' && value > 0)
      .map(({ labels, value }) => [labels['outcome'], value]);
  const waitOf = () => inner.acquire.mock.lastCall?.[0].wait;
  /** Waits until the signal of the request is aborted. */
  const waiting = ({ signal }: LockRequest) =>
    new Promise<undefined>((_resolve, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason as Error)),
    );

  beforeEach(() => {
    metrics = new Metrics();
    locks = new LockService(inner as unknown as PostgresLocks, new LockMetrics(metrics));
    loss = new AbortController();
    release.mockReset().mockResolvedValue();
    lock = {
      name: 'report',
      signal: loss.signal,
      fence: { name: 'report', number: 1 },
      renew: () => Promise.resolve(),
      release,
    };
    inner.acquire.mockReset().mockImplementation(() => Promise.resolve(lock));
  });
  afterEach(() => metrics.onModuleDestroy());

  it('is refused with 503 LOCK_BUSY when others hold the lock for the whole wait', async () => {
    inner.acquire.mockResolvedValue(undefined);
    const outcome = locks.acquire('report');
    await expect(outcome).rejects.toBeInstanceOf(LockBusyError);
    await expect(outcome).rejects.toMatchObject({ reason: 'LOCK_BUSY', status: { http: 503 } });
    expect(await outcomes()).toEqual([['busy', 1]]);
  });

  it('waits at most until the deadline of its context', async () => {
    const context = new RequestContext({ entry: 'http', operation: 'test', deadline: deadlineIn(1_000) });
    await context.run(() => locks.acquire('report', { wait: 60_000 }));
    expect(waitOf()).toBeLessThanOrEqual(1_000);
    await locks.acquire('report', { wait: 60_000 });
    expect(waitOf()).toBe(60_000);
  });

  it('ends with CancelledError when its caller disconnects', async () => {
    inner.acquire.mockImplementation(waiting);
    const caller = new AbortController();
    const context = new RequestContext({ entry: 'http', operation: 'test', signal: caller.signal });
    const outcome = context.run(() => locks.acquire('report'));
    caller.abort();
    await expect(outcome).rejects.toBeInstanceOf(CancelledError);
    expect(await outcomes()).toEqual([['cancelled', 1]]);
  });

  it('is refused at once with 429 QUEUE_FULL when 256 already wait for the name, until one has its reply', async () => {
    const caller = new AbortController();
    inner.acquire.mockImplementation(waiting);
    const crowd = Array.from({ length: 256 }, () => locks.acquire('report', { signal: caller.signal }));
    const outcome = locks.acquire('report');
    await expect(outcome).rejects.toBeInstanceOf(LockQueueFullError);
    await expect(outcome).rejects.toMatchObject({ reason: 'QUEUE_FULL', status: { http: 429 } });
    inner.acquire.mockImplementation(() => Promise.resolve(lock));
    await expect(locks.acquire('another')).resolves.toMatchObject({ fence: lock.fence });
    caller.abort();
    await Promise.allSettled(crowd);
    await expect(locks.acquire('report')).resolves.toMatchObject({ fence: lock.fence });
    expect(await outcomes()).toEqual([
      ['acquired', 2],
      ['full', 1],
      ['cancelled', 256],
    ]);
  });

  it('with work releases the lock when the work has ended, also when it fails', async () => {
    await expect(locks.withLock('report', {}, () => Promise.resolve('done'))).resolves.toBe('done');
    expect(release).toHaveBeenCalledTimes(1);
    const failing = locks.withLock('report', {}, () => Promise.reject(new Error('failed')));
    await expect(failing).rejects.toThrow('failed');
    expect(release).toHaveBeenCalledTimes(2);
  });

  it('is counted: the wait, the locks that are held, and those that are lost', async () => {
    const counts = async () => {
      const now = await page();
      return ['locks_wait_duration_seconds_count', 'locks_held', 'locks_lost_total'].map((name) =>
        now.sum(name),
      );
    };
    const held = await locks.acquire('report');
    expect(await counts()).toEqual([1, 1, 0]);
    await held.release();
    expect(await counts()).toEqual([1, 0, 0]);
    await locks.acquire('report');
    loss.abort();
    expect(await counts()).toEqual([2, 0, 1]);
  });
});

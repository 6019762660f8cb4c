import { Lifecycle, type Readiness } from '@app/lifecycle';
import { Metrics } from '@app/telemetry';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { MetricsPage } from '../../../../test/support/assertions/metrics-page.js';
import { LeaseLostError, LockBusyError } from '../lock.errors.js';
import type { Lock, LockOptions, Locks } from '../locks.js';
import { LockLeaderElection } from './lock.leader-election.js';

const ELECTION = { election: 'pruner' };

describe('a candidate for the leadership', () => {
  const acquire = jest.fn<(name: string, options: LockOptions) => Promise<Lock>>();
  const release = jest.fn<() => Promise<void>>();
  let metrics: Metrics;
  let lifecycle: Lifecycle;
  let elections: LockLeaderElection;
  let loss: AbortController;
  let note: () => Record<string, unknown>;

  const counts = async () => {
    const page = new MetricsPage((await metrics.expose()).body);
    return ['leader_election_leading', 'leader_election_terms_total'].map((name) => page.sum(name, ELECTION));
  };
  const untilAborted = (signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

  beforeEach(() => {
    for (const level of ['log', 'error'] as const)
      jest.spyOn(Logger.prototype, level).mockReturnValue(undefined);
    metrics = new Metrics();
    lifecycle = new Lifecycle();
    loss = new AbortController();
    release.mockReset().mockResolvedValue();
    acquire.mockReset().mockImplementation((name) =>
      Promise.resolve({
        name,
        signal: loss.signal,
        fence: { name, number: 1 },
        renew: () => Promise.resolve(),
        release,
      }),
    );
    const readiness = { note: (_name: string, read: typeof note) => void (note = read) };
    elections = new LockLeaderElection(
      { acquire } as unknown as Locks,
      metrics,
      lifecycle,
      readiness as unknown as Readiness,
    );
  });
  afterEach(async () => {
    await elections.drain();
    metrics.onModuleDestroy();
    jest.restoreAllMocks();
  });

  it('is shown in /readyz and in the metrics while it leads, and after that', async () => {
    const candidacy = elections.campaign('pruner', {}, untilAborted);
    expect(note()).toEqual({ pruner: 'following' });
    await eventually(() => expect(candidacy.leading).toBe(true));
    expect([note(), await counts()]).toEqual([{ pruner: 'leading' }, [1, 1]]);
    await candidacy.withdraw();
    expect([note(), await counts()]).toEqual([{ pruner: 'following' }, [0, 1]]);
  });

  it('aborts its work when the lock is lost', async () => {
    const aborted = Promise.withResolvers<void>();
    const candidacy = elections.campaign('pruner', {}, (signal) =>
      untilAborted(signal).then(aborted.resolve),
    );
    await eventually(() => expect(candidacy.leading).toBe(true));
    loss.abort(LeaseLostError.of('pruner', 'another holder has taken over'));
    await aborted.promise;
  });

  it('aborts its work when the app stops, and has released the lock before the phase `drain` ends', async () => {
    const finish = Promise.withResolvers<void>();
    const aborted = jest.fn();
    const candidacy = elections.campaign('pruner', {}, async (signal) => {
      signal.addEventListener('abort', aborted);
      await finish.promise;
    });
    await eventually(() => expect(candidacy.leading).toBe(true));
    let phase = 'drain';
    lifecycle.register({ name: 'buffers', flush: async () => void (phase = 'flush') });
    const stopping = lifecycle.beforeApplicationShutdown();
    await eventually(() => expect(aborted).toHaveBeenCalled());
    await new Promise((resolve) => setImmediate(resolve));
    expect([phase, release.mock.calls.length]).toEqual(['drain', 0]);
    finish.resolve();
    await stopping;
    expect([phase, release.mock.calls.length]).toEqual(['flush', 1]);
  });

  it('releases the lock when its work ends', async () => {
    elections.campaign('pruner', {}, () => Promise.resolve());
    await eventually(() => expect(release).toHaveBeenCalledTimes(1));
  });

  it('tries to take the lock every `pollInterval` milliseconds, and does not wait for it in between', async () => {
    acquire.mockRejectedValue(LockBusyError.of('pruner', 0));
    elections.campaign('pruner', { ttl: 30_000, pollInterval: 1 }, untilAborted);
    await eventually(() => expect(acquire.mock.calls.length).toBeGreaterThan(20));
    expect(acquire.mock.lastCall).toEqual(['pruner', expect.objectContaining({ ttl: 30_000, wait: 0 })]);
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ConfigHandle } from '@app/config';
import { Lifecycle } from '@app/lifecycle';
import { Logger } from '@nestjs/common';
import type { DeadLettersConfig } from './dead-letters.config.js';
import type { RedriveStore } from './redrive.store.js';
import { Redriver } from './redriver.js';

describe('the redriver of a worker', () => {
  let sends: [limit: number, rate: number][];
  let more: boolean;
  let failures: number;
  let redriver: Redriver;

  const send = (limit: number, rate: number): Promise<boolean> => {
    sends.push([limit, rate]);
    failures -= 1;
    return failures >= 0 ? Promise.reject(new Error('the database is unavailable')) : Promise.resolve(more);
  };

  beforeEach(() => {
    Logger.overrideLogger(false);
    jest.useFakeTimers();
    [sends, more, failures] = [[], false, 0];
    redriver = new Redriver(
      new ConfigHandle({ redriveRate: 500 } as DeadLettersConfig),
      { send } as unknown as RedriveStore,
      new Lifecycle(),
    );
  });
  afterEach(() => {
    redriver.stopIntake();
    jest.useRealTimers();
  });

  it('continues what another worker accepted: it looks for dead letters at its start and each second', async () => {
    redriver.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(3_500);
    expect(sends).toHaveLength(4);
  });

  it('spreads the dead letters of a second over ten batches', async () => {
    more = true;
    redriver.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(950);
    expect(sends).toEqual(Array.from({ length: 10 }, () => [50, 500]));
  });

  it('continues after failures', async () => {
    failures = 1;
    redriver.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(sends.length).toBeGreaterThan(1);
  });

  it('sends nothing after its stop', async () => {
    redriver.onApplicationBootstrap();
    redriver.stopIntake();
    await redriver.drain();
    redriver.wake();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sends).toHaveLength(1);
  });
});

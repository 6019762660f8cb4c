import { ConfigHandle } from '@app/config';
import { Lifecycle } from '@app/lifecycle';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CountersConfig } from '../counters.config.js';
import type { CounterDrain } from './counter.drain.js';
import { CounterDrainLoop } from './counter.drain.loop.js';

describe('the drain of an app that stops', () => {
  let passes: PromiseWithResolvers<void>[];
  let loop: CounterDrainLoop;
  let started: Promise<PromiseWithResolvers<void>>;

  beforeEach(() => {
    passes = [];
    const first = Promise.withResolvers<PromiseWithResolvers<void>>();
    started = first.promise;
    const drainAll = () => {
      const pass = Promise.withResolvers<void>();
      passes.push(pass);
      first.resolve(pass);
      return pass.promise;
    };
    const config = new ConfigHandle({ drainInterval: 2 } as CountersConfig);
    loop = new CounterDrainLoop({ drainAll } as CounterDrain, config, new Lifecycle());
  });

  it('runs one more pass after the one under way', async () => {
    const first = await firstPass();
    const flushed = loop.flush();
    first.resolve();
    await new Promise(setImmediate);
    expect(passes).toHaveLength(2);
    passes[1]?.resolve();
    await flushed;
  });

  it('runs no more pass when the stop takes long: a new connection would take until its time-out', async () => {
    const first = await firstPass();
    const flushed = loop.flush();
    loop.giveUp();
    first.reject(new Error('the statement was given up'));
    await flushed;
    expect(passes).toHaveLength(1);
  });

  function firstPass(): Promise<PromiseWithResolvers<void>> {
    loop.onApplicationBootstrap();
    return started;
  }
});

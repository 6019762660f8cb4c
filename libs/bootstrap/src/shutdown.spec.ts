import { ConfigHandle } from '@app/config';
import { Lifecycle, type LifecycleConfig, lifecycleConfig } from '@app/lifecycle';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { Shutdown } from './shutdown.js';

const CONFIG: LifecycleConfig = {
  ...lifecycleConfig.schema.parse({}),
  drainWait: 0,
  shutdownTimeout: 10_000,
};

describe('a shutdown', () => {
  const exit = jest.fn<(code: number) => void>();
  const errors = jest.fn();
  let lifecycle: Lifecycle;

  /** Starts an app whose `close` never ends, and sends it a stop signal. */
  const stop = (config: LifecycleConfig) => {
    const close = jest.fn(() => new Promise<void>(() => undefined));
    const shutdown = new Shutdown(new ConfigHandle(config), { settled: () => Promise.resolve() });
    let send: () => void = () => undefined;
    jest.spyOn(process, 'on').mockImplementation((event, listener) => {
      if (event === 'SIGTERM') send = () => (listener as (signal: string) => void)('SIGTERM');
      return process;
    });
    shutdown.install();
    shutdown.guard({ app: { close } as unknown as Parameters<Shutdown['guard']>[0]['app'], lifecycle });
    lifecycle.markReady();
    send();
    return close;
  };

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    for (const mock of [exit, errors]) mock.mockReset();
    jest.spyOn(process, 'exit').mockImplementation(exit as unknown as typeof process.exit);
    jest.spyOn(Logger.prototype, 'error').mockImplementation(errors);
    for (const level of ['log', 'warn'] as const)
      jest.spyOn(Logger.prototype, level).mockReturnValue(undefined);
    lifecycle = new Lifecycle();
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('makes the app unready at once, and closes it only after `drain_wait`', async () => {
    // The wait is not faked, because it is a timer of `node:timers/promises`. So the clock is not faked either.
    jest.useFakeTimers({ doNotFake: ['performance', 'setImmediate', 'nextTick', 'queueMicrotask'] });
    const began = performance.now();
    const close = stop({ ...CONFIG, drainWait: 60 });
    expect(lifecycle.state).toBe('draining');
    expect(close).not.toHaveBeenCalled();
    await eventually(() => expect(close).toHaveBeenCalled(), { every: 5 });
    expect(performance.now() - began).toBeGreaterThanOrEqual(58);
  });

  it('calls giveUp after three fifths of `shutdown_timeout`, and not before', () => {
    const giveUp = jest.fn();
    lifecycle.register({ name: 'pool', giveUp });
    stop(CONFIG);
    jest.advanceTimersByTime(5_999);
    expect(giveUp).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(giveUp).toHaveBeenCalled();
  });

  it('takes at most `shutdown_timeout`; then it logs the pending work and exits with 1', () => {
    lifecycle.register({ name: 'server', pending: () => ['GET /slow'] });
    stop(CONFIG);
    jest.advanceTimersByTime(9_999);
    expect(exit).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(exit).toHaveBeenCalledWith(1);
    expect(errors).toHaveBeenCalledWith(
      { pending: ['server: GET /slow'] },
      expect.stringContaining('10000 ms'),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { LazyAbortController } from './lazy-abort-controller.js';
import { RequestContext } from './request-context.js';

describe('a controller whose signal is made when it is asked for', () => {
  it('aborts a signal that was asked for before', () => {
    const controller = new LazyAbortController();
    const { signal } = controller;
    expect(signal.aborted).toBe(false);
    controller.abort();
    expect(signal.aborted).toBe(true);
    expect(controller.signal).toBe(signal);
  });

  it('hands out an aborted signal afterwards', () => {
    const controller = new LazyAbortController();
    controller.abort();
    expect(controller.signal.aborted).toBe(true);
  });

  it('aborts a context, its forks and what they have waited for', () => {
    const caller = new LazyAbortController();
    const context = new RequestContext({ entry: 'http', operation: '/orders', caller });
    const { signal } = context.fork({});
    caller.abort();
    expect([signal?.aborted, context.callerSignal?.aborted]).toEqual([true, true]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { LazyAbortController } from './lazy-abort-controller.js';
import { RequestContext } from './request-context.js';

describe('a lazy abort controller', () => {
  it('aborts a signal that was read before', () => {
    const controller = new LazyAbortController();
    const { signal } = controller;
    expect(signal.aborted).toBe(false);
    controller.abort();
    expect(signal.aborted).toBe(true);
    expect(controller.signal).toBe(signal);
  });

  it('returns an aborted signal afterwards', () => {
    const controller = new LazyAbortController();
    controller.abort();
    expect(controller.signal.aborted).toBe(true);
  });

  it('aborts a context, its forks and the signals that they have derived', () => {
    const caller = new LazyAbortController();
    const context = new RequestContext({ entry: 'http', operation: '/orders', caller });
    const { signal } = context.fork({});
    caller.abort();
    expect([signal?.aborted, context.callerSignal?.aborted]).toEqual([true, true]);
  });
});

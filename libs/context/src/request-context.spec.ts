import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { deadlineIn, MAX_TIMER_MS, remainingMs } from './deadline.js';
import { type ContextOptions, RequestContext } from './request-context.js';
import { stepOf } from './trace-context.js';

function contextOf(options: Partial<ContextOptions> = {}): RequestContext {
  return new RequestContext({ entry: 'http', operation: 'GET /orders/:id', ...options });
}

describe('a request context', () => {
  it('is available to everything that the work starts, and to nothing else', async () => {
    const [one, two] = [contextOf(), contextOf()];
    const look = async () => {
      await turn();
      return RequestContext.current();
    };
    expect(await Promise.all([one.run(look), two.run(look), look()])).toEqual([one, two, undefined]);
  });

  it('is not available to detached work', async () => {
    const seen = await contextOf().run(() => RequestContext.detach(async () => RequestContext.current()));
    expect(seen).toBeUndefined();
  });

  it('is the current one, or a new one for work of the process itself', () => {
    const context = contextOf();
    expect(context.run(() => RequestContext.currentOr('relay'))).toBe(context);
    expect(RequestContext.currentOr('relay')).toMatchObject({ entry: 'cron', operation: 'relay' });
  });

  it('gives shared work its request id and trace, but nothing that ends with this caller', () => {
    const context = contextOf({ deadline: deadlineIn(1), signal: AbortSignal.abort() });
    context.principal = { id: 'alice', roles: [] };
    context.transaction = {};
    const deadline = deadlineIn(60_000);
    const { signal } = new AbortController();
    const apart = context.apart({ deadline, signal });
    const { entry, operation, requestId, trace } = context;
    expect(apart).toMatchObject({ entry, operation, requestId, trace, deadline, callerSignal: signal });
    expect([apart.principal, apart.transaction]).toEqual([undefined, undefined]);
    expect(context.principal).toBeDefined();
  });

  it('continues the trace of its caller with its own span', () => {
    const { trace } = contextOf({ traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' });
    expect(trace).toMatchObject({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', sampled: true });
    expect(trace.spanId).not.toBe('00f067aa0ba902b7');
    expect(trace.parentSpanId).toBe('00f067aa0ba902b7');
  });

  it('keeps its trace ids when recording starts', () => {
    const context = contextOf();
    const { traceId, spanId } = context.trace;
    context.startRecording();
    expect(context.trace).toEqual({ traceId, spanId, sampled: true });
  });

  it.each([30 * 86_400_000, Infinity])(
    'does not exceed the longest delay of a timer when its deadline is %d ms away',
    (ms) => {
      const timer = jest.spyOn(AbortSignal, 'timeout');
      expect(contextOf({ deadline: deadlineIn(ms) }).signal?.aborted).toBe(false);
      expect(timer.mock.calls).toEqual([[MAX_TIMER_MS]]);
      timer.mockRestore();
    },
  );

  it.each([0, -5])('is aborted at once when its deadline is %d ms away', async (ms) => {
    const { signal } = contextOf({ deadline: deadlineIn(ms) });
    await eventually(() => expect(signal?.aborted).toBe(true));
  });
});

describe('a fork', () => {
  it('has its own transaction, which the parent does not have', () => {
    const parent = contextOf();
    const fork = parent.fork({ transaction: 'open' });
    expect([parent.transaction, fork.transaction]).toEqual([undefined, 'open']);
  });

  it('belongs to the same request as its parent', () => {
    const parent = contextOf({ requestId: 'abc' });
    const fork = parent.fork({});
    expect([fork.requestId, fork.trace]).toEqual(['abc', parent.trace]);
    expect(fork.run(() => RequestContext.current())).toBe(fork);
  });

  it('sets principal and operation for the whole request', () => {
    const parent = contextOf();
    const fork = parent.fork({});
    fork.principal = { id: 'user-1', roles: [] };
    fork.operation = 'GET /orders';
    expect([parent.principal?.id, parent.operation]).toEqual(['user-1', 'GET /orders']);
  });

  it('may have its own span, and propagates that span', () => {
    const parent = contextOf({ traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' });
    const { trace } = parent.fork({ trace: stepOf(parent.trace) });
    expect(trace).toMatchObject({
      traceId: parent.trace.traceId,
      parentSpanId: parent.trace.spanId,
      sampled: true,
    });
    expect(trace.spanId).not.toBe(parent.trace.spanId);
  });

  it('may have less time than its parent, never more', () => {
    const parent = contextOf({ deadline: deadlineIn(1000) });
    expect(remainingMs(parent.fork({ deadline: deadlineIn(100) }).deadline)).toBeLessThanOrEqual(100);
    expect(parent.fork({ deadline: deadlineIn(5000) }).deadline).toBe(parent.deadline);
  });

  it('keeps the transaction when only the deadline changes', () => {
    const inTransaction = contextOf().fork({ transaction: 'open' });
    expect(inTransaction.fork({ deadline: deadlineIn(10) }).transaction).toBe('open');
  });

  it('has a signal for its own deadline, even if the parent has created its signal already', async () => {
    const parent = contextOf({ deadline: deadlineIn(60_000) });
    expect(parent.signal?.aborted).toBe(false);
    const { signal } = parent.fork({ deadline: deadlineIn(1) });
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    expect(parent.signal?.aborted).toBe(false);
  });
});

describe('the signal of a context', () => {
  it('is undefined when nothing can abort the work', () => {
    expect(contextOf().signal).toBeUndefined();
  });

  it('is the same each time', () => {
    const context = contextOf({ deadline: deadlineIn(1000) });
    expect(context.signal).toBe(context.signal);
  });

  it('aborts when the caller disconnects', () => {
    const caller = new AbortController();
    const { signal } = contextOf({ signal: caller.signal, deadline: deadlineIn(60_000) });
    caller.abort();
    expect(signal?.aborted).toBe(true);
  });

  it('aborts with a TimeoutError when the deadline passes', async () => {
    const { signal } = contextOf({ deadline: deadlineIn(5) });
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    expect(signal?.reason).toMatchObject({ name: 'TimeoutError' });
  });
});

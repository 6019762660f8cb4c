import { RequestContext } from '@app/context';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Bulkhead } from './bulkhead.js';

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function givenBulkhead(maxConcurrent: number, queue: number) {
  const bulkhead = new Bulkhead('worker', { maxConcurrent, queue, queueTimeout: 500 });
  const enter = (queueWait: { ms?: number; signal?: AbortSignal } = {}) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const work = jest.fn(() => promise);
    const ended = bulkhead
      .execute(work, () => ({ ms: 10_000, signal: undefined, ...queueWait }))
      .catch((error: Error) => error);
    return { ended, work, finish: () => (resolve('done'), ended) };
  };
  return { bulkhead, enter };
}

describe('a bulkhead', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('rejects calls beyond its limit as overloaded when it has no queue', async () => {
    const { enter } = givenBulkhead(1, 0);
    const first = enter();
    const second = enter();
    expect(await second.ended).toMatchObject({ reason: 'OVERLOADED', status: { http: 503 } });
    expect(second.work).not.toHaveBeenCalled();
    expect(await first.finish()).toBe('done');
    expect(await enter().finish()).toBe('done');
  });

  it('queues calls in order, and shows how many wait', async () => {
    const { bulkhead, enter } = givenBulkhead(1, 2);
    const [first, second, third] = [enter(), enter(), enter()];
    expect([bulkhead.active, bulkhead.waiting]).toEqual([1, 2]);
    await first.finish();
    await jest.advanceTimersByTimeAsync(0);
    expect([second.work.mock.calls.length, third.work.mock.calls.length]).toEqual([1, 0]);
    await second.finish();
    expect(await third.finish()).toBe('done');
    expect([bulkhead.active, bulkhead.waiting]).toEqual([0, 0]);
  });

  it('runs a queued call in its own context, not in that of the call that made space', async () => {
    const { bulkhead } = givenBulkhead(1, 1);
    const asked = (operation: string) =>
      new RequestContext({ entry: 'grpc', operation }).run(() =>
        bulkhead.execute(
          () => delay(1).then(() => RequestContext.current()?.operation),
          () => ({ ms: 10_000, signal: undefined }),
        ),
      );
    const operations = Promise.all([asked('first'), asked('second')]);
    await jest.advanceTimersByTimeAsync(10);
    expect(await operations).toEqual(['first', 'second']);
  });

  it('rejects calls beyond its queue as full', async () => {
    const { enter } = givenBulkhead(1, 1);
    enter();
    enter();
    expect(await enter().ended).toMatchObject({ reason: 'QUEUE_FULL', status: { http: 429 } });
  });

  it.each([
    ['the queue timeout', 10_000, 500],
    ['the call has time', 200, 200],
  ])('does not let a call wait longer than %s, and never makes that call', async (_, ms, limit) => {
    const { enter } = givenBulkhead(1, 1);
    const first = enter();
    const second = enter({ ms });
    await jest.advanceTimersByTimeAsync(limit - 1);
    expect(jest.getTimerCount()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(await second.ended).toMatchObject({ reason: 'QUEUE_TIMEOUT', status: { http: 503 } });
    await first.finish();
    await jest.advanceTimersByTimeAsync(0);
    expect(second.work).not.toHaveBeenCalled();
  });

  it('removes a waiting call when its caller disconnects', async () => {
    const { enter } = givenBulkhead(1, 1);
    const caller = new AbortController();
    enter();
    const second = enter({ signal: caller.signal });
    caller.abort();
    expect(await second.ended).toHaveReason('CANCELLED');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not limit the time of a call after its wait', async () => {
    const { enter } = givenBulkhead(1, 1);
    const first = enter();
    const second = enter();
    await first.finish();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(await second.finish()).toBe('done');
  });
});

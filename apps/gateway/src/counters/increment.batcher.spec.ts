import type {
  BatchIncrementRequest,
  BatchIncrementResponse,
  Counter,
  CountersServiceClient,
  IncrementRequest,
} from '@app/contracts';
import { AppError, Status } from '@app/errors';
import { toRpcStatus } from '@app/grpc';
import { NoSpans } from '@app/telemetry';
import { describe, expect, it } from '@jest/globals';
import { IncrementBatcher } from './increment.batcher.js';
import { IncrementSender } from './increment.sender.js';

const OVERFLOW = new AppError({
  reason: 'COUNTER_OVERFLOW',
  status: Status.ABORTED,
  message: 'full',
  details: { resource_id: 'full' },
});

/** Answers like the grpc-server, and records the requests. */
class RecordingClient {
  readonly singles: IncrementRequest[] = [];
  readonly batches: IncrementRequest[][] = [];
  readonly keys: string[] = [];

  async increment(request: IncrementRequest): Promise<Counter> {
    this.singles.push(request);
    this.keys.push(request.attemptKey);
    return counterOf(request);
  }

  async batchIncrement({ items, attemptKey }: BatchIncrementRequest): Promise<BatchIncrementResponse> {
    this.keys.push(attemptKey);
    this.batches.push(items);
    const error = { $case: 'error' as const, value: toRpcStatus(OVERFLOW) };
    return {
      items: items.map((item) => ({
        outcome: item.resourceId === 'full' ? error : { $case: 'counter' as const, value: counterOf(item) },
      })),
    };
  }
}

function counterOf({ resourceId, counterType, delta }: IncrementRequest): Counter {
  return { resourceId, counterType, currentValue: delta };
}

function given() {
  const client = new RecordingClient();
  const counters = client as unknown as CountersServiceClient;
  const batcher = new IncrementBatcher(counters, new IncrementSender(counters), new NoSpans());
  const increment = (resourceId: string, delta = 1, idempotencyKey?: string) =>
    batcher.increment({ resourceId, counterType: 'view', delta, idempotencyKey, attemptKey: '' });
  return { client, batcher, increment };
}

describe('increments that arrive together', () => {
  it('are sent in one call, and each gets its own result', async () => {
    const { client, increment } = given();
    const replies = await Promise.all([increment('a', 1), increment('b', 2), increment('a', 3)]);
    expect(replies.map(({ currentValue }) => currentValue)).toEqual([1, 2, 3]);
    expect(client.batches.map((batch) => batch.length)).toEqual([3]);
  });

  it('fail separately when one is refused', async () => {
    const { increment } = given();
    const [good, bad] = await Promise.allSettled([increment('a'), increment('full')]);
    expect(good.status).toBe('fulfilled');
    expect(bad).toMatchObject({
      status: 'rejected',
      reason: { reason: 'COUNTER_OVERFLOW', status: { http: 409 }, details: OVERFLOW.details },
    });
  });

  it('are sent separately, under the keys of their clients, when they have keys', async () => {
    const { client, batcher, increment } = given();
    await Promise.all([increment('a', 1, 'k-1'), increment('b', 1, 'k-2')]);
    const [item] = client.singles;
    await batcher.batchIncrement({ items: item ? [item] : [], idempotencyKey: 'k-3', attemptKey: '' });
    expect(client.singles.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['k-1', 'k-2']);
    expect([client.keys, client.batches.length]).toEqual([['', '', ''], 1]);
  });

  it('are sent without a batch when there is only one', async () => {
    const { client, increment } = given();
    await increment('a');
    expect([client.singles.length, client.batches.length]).toEqual([1, 0]);
  });

  it('have one attempt key per call, so that the call can be repeated', async () => {
    const { client, increment } = given();
    await increment('a');
    await Promise.all([increment('b'), increment('c')]);
    await increment('a');
    expect(new Set(client.keys).size).toBe(3);
    expect(client.batches.flat().map(({ attemptKey }) => attemptKey)).toEqual(['', '']);
  });

  it('are split into several calls when one cannot carry them', async () => {
    const { client, increment } = given();
    await Promise.all(Array.from({ length: 1200 }, (_, index) => increment(`r${index}`)));
    expect(client.batches.map((batch) => batch.length)).toEqual([500, 500, 200]);
  });
});

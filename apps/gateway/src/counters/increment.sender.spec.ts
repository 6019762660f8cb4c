import type {
  BatchIncrementRequest,
  BatchIncrementResponse,
  Counter,
  CountersServiceClient,
  IncrementRequest,
} from '@app/contracts';
import { AppError, Status } from '@app/errors';
import { toRpcStatus } from '@app/grpc';
import { describe, expect, it } from '@jest/globals';
import { IncrementSender } from './increment.sender.js';

const from = new Date(Date.now() + 60_000);
const timeOf = (key: string) => Number.parseInt(key.slice(0, 8) + key.slice(9, 13), 16);

const request = (resourceId: string): IncrementRequest => ({
  resourceId,
  counterType: 'view',
  delta: 1,
  idempotencyKey: undefined,
  attemptKey: '',
});

function unavailable(reason: string, details?: Record<string, unknown>): AppError {
  return new AppError({ reason, status: Status.UNAVAILABLE, message: 'no answer', details });
}

/** Fails once with each given failure, and counts its successful responses. */
class FailingClient {
  readonly keys: string[] = [];
  readonly counted: string[] = [];

  constructor(private readonly failures: (AppError | undefined)[]) {}

  /** Fails once with `failure`, after `count` increments that succeed. */
  failAfter(count: number, failure: AppError): void {
    this.failures.push(...Array.from({ length: count }, () => undefined), failure);
  }

  async increment({ attemptKey, resourceId, counterType }: IncrementRequest): Promise<Counter> {
    this.keys.push(attemptKey);
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.counted.push(resourceId);
    return { resourceId, counterType, currentValue: 1 };
  }

  /** The key of an increment with the name `lost` counts as too old. */
  async batchIncrement({ items, attemptKey }: BatchIncrementRequest): Promise<BatchIncrementResponse> {
    this.keys.push(attemptKey);
    const lost = toRpcStatus(unavailable('OUTCOME_UNKNOWN', { new_keys_from: from.toISOString() }));
    const outcomes = [];
    for (const item of items) {
      if (item.resourceId === 'lost' && timeOf(attemptKey) < from.getTime())
        outcomes.push({ outcome: { $case: 'error' as const, value: lost } });
      else outcomes.push({ outcome: { $case: 'counter' as const, value: await this.increment(item) } });
    }
    return { items: outcomes };
  }
}

function given(...failures: AppError[]) {
  const client = new FailingClient(failures);
  return { client, sender: new IncrementSender(client as unknown as CountersServiceClient) };
}

describe('an increment without a key of its client', () => {
  it('is repeated once under the same key when its outcome is unknown', async () => {
    const { client, sender } = given(unavailable('OUTCOME_UNKNOWN'));
    await expect(sender.one(request('a'))).resolves.toMatchObject({ currentValue: 1 });
    expect(client.keys).toEqual([expect.any(String), client.keys[0]]);
  });

  it('has an unknown outcome when it is still unknown after that', async () => {
    const { client, sender } = given(unavailable('OUTCOME_UNKNOWN'), unavailable('OUTCOME_UNKNOWN'));
    await expect(sender.one(request('a'))).rejects.toHaveReason('OUTCOME_UNKNOWN');
    expect(client.keys.length).toBe(2);
  });

  it('has an unknown outcome when its repetition is refused: the first call may have counted it', async () => {
    const { sender } = given(unavailable('OUTCOME_UNKNOWN'), unavailable('UPSTREAM_UNAVAILABLE'));
    await expect(sender.one(request('a'))).rejects.toHaveReason('OUTCOME_UNKNOWN');
  });

  it('is sent under a new key when it was refused because Redis had lost its data', async () => {
    const { client, sender } = given(unavailable('OUTCOME_UNKNOWN', { new_keys_from: from.toISOString() }));
    await sender.one(request('a'));
    expect(client.keys.map((key) => timeOf(key) >= from.getTime())).toEqual([false, true]);
  });

  it('is not repeated after any other failure', async () => {
    const { client, sender } = given(unavailable('UPSTREAM_UNAVAILABLE'));
    await expect(sender.one(request('a'))).rejects.toHaveReason('UPSTREAM_UNAVAILABLE');
    expect(client.keys.length).toBe(1);
  });

  it('was counted beside another one whose repetition failed', async () => {
    const { client, sender } = given();
    client.failAfter(2, unavailable('UPSTREAM_UNAVAILABLE'));
    const { items } = await sender.many(['a', 'lost', 'b'].map(request));
    expect(items.map(({ outcome }) => outcome?.$case)).toEqual(['counter', 'error', 'counter']);
  });

  it('is sent again alone when it was part of a batch, and its result keeps its place', async () => {
    const { client, sender } = given();
    const { items } = await sender.many(['a', 'lost', 'b'].map(request));
    expect(client.counted).toEqual(['a', 'b', 'lost']);
    expect(items.map(({ outcome }) => outcome?.$case === 'counter' && outcome.value.resourceId)).toEqual([
      'a',
      'lost',
      'b',
    ]);
  });
});

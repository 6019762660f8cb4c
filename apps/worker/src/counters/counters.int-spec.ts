import { RankingWindow, type ValidCountersIncremented } from '@app/contracts';
import { LocksModule } from '@app/locks';
import { ConsumerModule } from '@app/messaging';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { CounterRankingStore } from './counter-ranking.store.js';
import { CountersConsumer } from './counters.consumer.js';
import { CountersModule } from './counters.module.js';

const HOUR_MS = 3_600_000;

describe('the ranking of counters', () => {
  let worker: ScratchWorker;

  const event = (hoursAgo: number, deltas: Record<string, number>): ValidCountersIncremented => ({
    shard: 0,
    epoch: 1,
    sequence: 1,
    occurredAt: new Date(Date.now() - hoursAgo * HOUR_MS),
    deltas: Object.entries(deltas).map(([resourceId, delta]) => ({
      resourceId,
      counterType: 'views',
      delta,
    })),
  });
  const counted = (...events: ValidCountersIncremented[]) =>
    worker.app.get(CountersConsumer).onIncremented(events);
  const top = async (window: RankingWindow) => {
    const ranked = await worker.app.get(CounterRankingStore).top('views', window, 10);
    return ranked.map(({ resourceId, value }) => [resourceId, value]);
  };

  beforeAll(async () => {
    // No consumer is opened: the queue belongs to the apps that run beside this.
    worker = await ScratchWorker.start({
      imports: [LocksModule.forRoot({ owner: true, elections: true }), ConsumerModule, CountersModule],
    });
  });
  afterAll(() => worker.stop());
  beforeEach(() => worker.postgres.execute('TRUNCATE counter_total, counter_minute'));

  it('sums the deltas of the same counter in a batch of events', async () => {
    await counted(event(0, { a: 1, b: 5 }), event(0, { a: 2 }), event(0, { a: 4, b: -1 }));
    await counted(event(0, { b: 10 }));
    for (const window of [RankingWindow.HOUR, RankingWindow.ALL])
      expect(await top(window)).toEqual([
        ['b', 14],
        ['a', 7],
      ]);
  });

  it('separates counts of different times', async () => {
    await counted(event(0, { a: 1 }), event(3, { a: 2 }), event(30, { a: 4 }));
    expect(await top(RankingWindow.HOUR)).toEqual([['a', 1]]);
    expect(await top(RankingWindow.DAY)).toEqual([['a', 3]]);
    expect(await top(RankingWindow.ALL)).toEqual([['a', 7]]);
  });
});

import { TransactionHost } from '@app/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { deadMessage } from '../../../../test/support/apps/dead-message.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { ConsumerModule, DeadLetterAdminModule, DeadLetters, newMessageId } from '../index.js';
import { DeadLetterStore } from './dead-letter.store.js';
import { RedriveStore } from './redrive.store.js';
import { Redriver } from './redriver.js';

const QUEUE = 'a_queue_that_nobody_has';

describe('dead letters that are accepted for redrive', () => {
  let worker: ScratchWorker;
  let store: RedriveStore;

  const sent = () =>
    worker.postgres.execute<{ queue: string; key: string | null }>(
      'SELECT queue, aggregate_key AS key FROM outbox',
    );
  const letSentBe = (when: string) =>
    worker.postgres.execute(`UPDATE dead_letter SET redriven_at = ${when} WHERE status = 'redriven'`);

  beforeAll(async () => {
    worker = await ScratchWorker.start({ imports: [ConsumerModule, DeadLetterAdminModule] });
    store = worker.app.get(RedriveStore);
    // The test sends in its place.
    const redriver = worker.app.get(Redriver);
    redriver.stopIntake();
    await redriver.drain();
  });
  afterAll(() => worker.stop());
  beforeEach(async () => {
    await worker.postgres.empty('outbox', 'dead_letter');
    for (let count = 0; count < 5; count += 1)
      await worker.app.get(DeadLetters).take({ ...deadMessage(QUEUE), id: newMessageId() });
    await worker.postgres.execute(`UPDATE dead_letter SET status = 'redriving', handled_at = now()`);
  });

  it('are counted by queue until they are sent', async () => {
    await store.send(2, 500);
    const counts = await worker.app.get(DeadLetterStore).count();
    expect(counts).toEqual([{ queue: QUEUE, status: 'redriving', count: 3 }]);
  });

  it('are sent without a key, at most as many as the limit', async () => {
    expect(await store.send(2, 500)).toBe(true);
    expect(await sent()).toEqual(Array.from({ length: 2 }, () => ({ queue: QUEUE, key: null })));
  });

  it('wait while as many as the rate were sent within the last second', async () => {
    await store.send(5, 3);
    expect(await sent()).toHaveLength(3);
    await letSentBe(`now() + interval '1 hour'`);
    expect(await store.send(5, 3)).toBe(true);
    expect(await sent()).toHaveLength(3);
    expect(await store.send(5, 4)).toBe(true);
    expect(await sent()).toHaveLength(4);
    await letSentBe(`now() - interval '2 seconds'`);
    await store.send(5, 3);
    expect(await sent()).toHaveLength(5);
    expect(await store.send(5, 3)).toBe(false);
  });

  it('are counted within the last second with an index, whatever the size of the table', async () => {
    const host = worker.app.get(TransactionHost);
    const query = jest.spyOn(host, 'query');
    await store.send(5, 3);
    const [recent = ''] = query.mock.calls.map(([sql]) => sql).filter((sql) => sql.includes('AS recent'));
    query.mockRestore();
    const plan = await host.run(async () => {
      // The planner would read a small table as a whole.
      await host.query('SET LOCAL enable_seqscan = off');
      return host.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${recent}`);
    });
    expect(plan.map((row) => row['QUERY PLAN']).join()).toContain('Index Cond: (redriven_at >');
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TransactionHost } from '@app/postgres';
import { LONG } from '../../../../test/support/assertions/form.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { ConsumerModule, OutboxModule } from '../index.js';
import { backlogOf } from './outbox.sql.js';
import { OutboxSource } from './outbox.source.js';

const MANY = LONG ? 1_000_000 : 40_000;

describe('the backlog of an outbox', () => {
  let worker: ScratchWorker;
  let source: OutboxSource;

  /** @param waiting for how many seconds the rows have waited; negative: in how many seconds they are due */
  const fill = (count: number, waiting: number) =>
    worker.postgres.execute(
      `INSERT INTO outbox (message_id, queue, type, headers, payload, waiting_since, due_at)
       SELECT gen_random_uuid(), 'q', 't', '{}', '1', since, CASE WHEN since > now() THEN since END
       FROM generate_series(1, $1::int), (SELECT now() - $2::int * interval '1 second' AS since) AS time`,
      [count, waiting],
    );

  beforeAll(async () => {
    worker = await ScratchWorker.start({ imports: [ConsumerModule, OutboxModule] });
    source = new OutboxSource(worker.postgres.schema, worker.app.get(TransactionHost));
  });
  afterAll(() => worker.stop());
  beforeEach(() => worker.postgres.execute('TRUNCATE outbox'));

  it('is empty without events, and does not count events that are not due', async () => {
    expect(await source.backlog()).toEqual({ size: 0, lag: 0 });
    await fill(3, -60);
    expect(await source.backlog()).toEqual({ size: 0, lag: 0 });
  });

  it('is counted exactly while it is small, also in a table that was large', async () => {
    await fill(MANY, 1);
    await worker.postgres.execute('DELETE FROM outbox');
    await fill(5, 90);
    const { size, lag } = await source.backlog();
    expect(size).toBe(5);
    expect(lag).toBeGreaterThanOrEqual(90);
    expect(lag).toBeLessThan(120);
  });

  it(`is estimated with an error below 10 % at ${MANY} events, without those that are not due`, async () => {
    await fill(MANY / 2, 30);
    await fill(MANY / 4, -60);
    await fill(MANY / 2, 60);
    const { size, lag } = await source.backlog();
    expect(Math.abs(size / MANY - 1)).toBeLessThan(0.1);
    expect(lag).toBeGreaterThanOrEqual(60);
  });

  it.each(['never analyzed', 'analyzed'])('is found without a scan of a table that was %s', async (state) => {
    await fill(MANY, 1);
    if (state === 'analyzed') await worker.postgres.execute('ANALYZE outbox');
    const table = `"${worker.postgres.schema}".outbox`;
    const plan = await worker.postgres.execute(`EXPLAIN ${backlogOf(table)}`);
    expect(JSON.stringify(plan)).toContain('outbox_by_waiting');
    expect(JSON.stringify(plan)).not.toContain('Seq Scan');
  });
});

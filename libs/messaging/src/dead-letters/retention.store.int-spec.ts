import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TransactionHost } from '@app/postgres';
import { deadMessage } from '../../../../test/support/apps/dead-message.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { ConsumerModule, DeadLetterAdminModule, DeadLetters } from '../index.js';
import { RetentionStore } from './retention.store.js';

describe('the retention of dead letters', () => {
  let worker: ScratchWorker;

  beforeAll(async () => {
    worker = await ScratchWorker.start({ imports: [ConsumerModule, DeadLetterAdminModule] });
    await worker.app.get(DeadLetters).take(deadMessage('a_queue_that_nobody_has'));
  });
  afterAll(() => worker.stop());

  it.each([
    ['dead', 0],
    ['redriving', 0],
    ['redriven', 1],
  ])('of one that is %s removes %d', async (status, expected) => {
    const transactions = worker.app.get(TransactionHost);
    // In one transaction: the redriver must not find the letter in between.
    const removed = await transactions.run(async () => {
      const sql = `UPDATE dead_letter SET status = $1, handled_at = now() - interval '9 years'`;
      await transactions.query(sql, [status]);
      const count = await worker.app.get(RetentionStore).deleteLetters(1, 10);
      await transactions.query(`UPDATE dead_letter SET status = 'dead'`);
      return count;
    });
    expect(removed).toBe(expected);
  });
});

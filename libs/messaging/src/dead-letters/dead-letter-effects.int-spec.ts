import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deadMessage } from '../../../../test/support/apps/dead-message.js';
import { LONG } from '../../../../test/support/assertions/form.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import {
  ConsumerModule,
  type DeadLetter,
  DeadLetterAdmin,
  DeadLetterAdminModule,
  DeadLetters,
  type DeadLetterStatus,
  Inbox,
  newMessageId,
} from '../index.js';
import { DeadLetterPruner } from './dead-letter.pruner.js';

const QUEUE = 'a_queue_that_nobody_has';
const ROUNDS = LONG ? 5_000 : 200;
const ALL: DeadLetterStatus[] = ['dead', 'redriving', 'redriven', 'discarded', 'resolved'];
const BY_ALICE = { actor: 'alice', note: 'the bug is fixed' };
const letter = deadMessage(QUEUE);

describe('a dead letter whose message has its effect', () => {
  let worker: ScratchWorker;
  let admin: DeadLetterAdmin;
  let letters: DeadLetters;
  let inbox: Inbox;
  let effects: string[];

  const execute = <T extends object>(sql: string, parameters: readonly unknown[] = []) =>
    worker.postgres.execute<T & Record<string, unknown>>(sql, parameters);
  const take = (id = letter.id, failures = letter.failures) => letters.take({ ...letter, id, failures });
  const handle = (id = letter.id, work: () => Promise<void> = () => Promise.resolve()) =>
    inbox.once(id, QUEUE, async () => {
      await work();
      effects.push(id);
    });
  const only = async (): Promise<DeadLetter> => {
    const { items } = await admin.list({}, { statuses: ALL, limit: 2 });
    expect(items).toHaveLength(1);
    return admin.open(items[0]?.id ?? '');
  };
  /** Letters that are still `dead` although their message has had its effect. */
  const contradictions = () =>
    execute(`SELECT message_id FROM dead_letter JOIN inbox USING (message_id, queue) WHERE status = 'dead'`);

  beforeAll(async () => {
    worker = await ScratchWorker.start({ imports: [ConsumerModule, DeadLetterAdminModule] });
    admin = worker.app.get(DeadLetterAdmin);
    letters = worker.app.get(DeadLetters);
    inbox = worker.app.get(Inbox);
  });
  afterAll(() => worker.stop());
  beforeEach(async () => {
    effects = [];
    await worker.postgres.empty('inbox', 'outbox', 'dead_letter_action', 'dead_letter');
  });

  it('by another delivery is resolved in the same transaction, and cannot be redriven', async () => {
    await take();
    expect(await handle()).toBe(true);
    const { id, status, handledAt } = await only();
    expect([status, handledAt]).toEqual(['resolved', expect.any(Date)]);
    await expect(admin.handle('redrive', id, BY_ALICE)).rejects.toHaveReason('DEAD_LETTER_HANDLED');
  });

  it('in a batch is resolved, and letters whose message had no effect are not', async () => {
    const [done, dead] = [newMessageId(), newMessageId()];
    for (const id of [done, dead]) await take(id);
    await inbox.onceEach([newMessageId(), done], QUEUE, () => Promise.resolve());
    const { items } = await admin.list({}, { statuses: ALL, limit: 5 });
    expect(new Map(items.map(({ messageId, status }) => [messageId, status]))).toEqual(
      new Map([
        [done, 'resolved'],
        [dead, 'dead'],
      ]),
    );
  });

  it('stays dead when the effect is rolled back', async () => {
    await take();
    await expect(handle(letter.id, () => Promise.reject(new Error('the bug')))).rejects.toThrow('the bug');
    expect((await only()).status).toBe('dead');
  });

  it('stays discarded', async () => {
    await take();
    await admin.handle('discard', (await only()).id, BY_ALICE);
    await handle();
    expect((await only()).status).toBe('discarded');
  });

  it('while it is being stored is not stored, but is stored if the handler fails', async () => {
    for (const fails of [false, true]) {
      const [id, begun, end] = [newMessageId(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const handling = handle(id, () => {
        begun.resolve();
        return end.promise;
      });
      await begun.promise;
      const taking = take(id);
      if (fails) end.reject(new Error('the bug'));
      else end.resolve();
      await Promise.allSettled([handling, taking]);
      expect(await execute('SELECT FROM dead_letter WHERE message_id = $1', [id])).toHaveLength(
        fails ? 1 : 0,
      );
    }
    expect(effects).toHaveLength(1);
    expect(await execute('SELECT FROM inbox')).toHaveLength(1);
  });

  it(`at the same moment is never left dead (${ROUNDS} rounds)`, async () => {
    const round = async () => {
      const id = newMessageId();
      const pause = () => delay(Math.random() * 4);
      await Promise.all([pause().then(() => handle(id, pause)), pause().then(() => take(id))]);
    };
    for (let count = 0; count < ROUNDS; count += 5) await Promise.all([1, 2, 3, 4, 5].map(round));
    expect(await contradictions()).toEqual([]);
    expect(effects).toHaveLength(ROUNDS);
  });

  describe('long after its inbox row was deleted', () => {
    const forgotten = async () => {
      await take();
      await admin.handle('redrive', (await only()).id, BY_ALICE);
      expect(await handle()).toBe(true);
      await execute('DELETE FROM inbox');
    };

    it('prevents a second effect by a late delivery', async () => {
      await forgotten();
      expect(await handle()).toBe(false);
      expect(await inbox.onceEach([letter.id], QUEUE, () => Promise.reject(new Error('twice')))).toEqual([
        false,
      ]);
      expect(effects).toHaveLength(1);
    });

    it('is not dead again when a late copy dies', async () => {
      await forgotten();
      await take(letter.id, [{ attempt: 1, at: '2026-03-02T00:00:00.000Z', reason: 'X', message: 'late' }]);
      expect((await only()).status).not.toBe('dead');
    });

    it('prevents a second effect by another redrive, even if it was set to dead again', async () => {
      await forgotten();
      await execute(`UPDATE dead_letter SET status = 'dead', handled_at = NULL`);
      await admin.handle('redrive', (await only()).id, BY_ALICE);
      expect(await handle()).toBe(false);
    });
  });

  it('is resolved by the sweep when an earlier release handled the message without recording it', async () => {
    await take();
    await execute('INSERT INTO inbox (message_id, queue) VALUES ($1, $2)', [letter.id, QUEUE]);
    expect(await contradictions()).toHaveLength(1);
    await worker.app.get(DeadLetterPruner).prune();
    expect((await only()).status).toBe('resolved');
  });

  it('is removed when its retention is over', async () => {
    await take();
    await handle();
    await execute(`UPDATE dead_letter SET handled_at = now() - interval '31 days'`);
    await worker.app.get(DeadLetterPruner).prune();
    expect(await execute('SELECT FROM dead_letter')).toEqual([]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MessageStatus, taskQueue } from '@app/contracts';
import { Leases, LocksModule } from '@app/locks';
import { Inbox, newMessageId } from '@app/messaging';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { MessageStore } from './message.store.js';
import { MessagesModule } from './messages.module.js';
import { MessagesService } from './messages.service.js';

describe('the messages of the worker', () => {
  let worker: ScratchWorker;
  let messages: MessagesService;

  const execute = (sql: string, parameters: readonly unknown[] = []) =>
    worker.postgres.execute(sql, parameters);

  /** A task that was done, as its consumer leaves it. */
  async function done({ daysAgo = 0 } = {}): Promise<string> {
    const id = newMessageId();
    const effect = () => worker.app.get(MessageStore).record(id, { task: 'x' });
    await worker.app.get(Inbox).once(id, taskQueue.name, effect);
    await execute(`UPDATE task SET done_at = now() - $2 * interval '1 day' WHERE message_id = $1`, [
      id,
      daysAgo,
    ]);
    return id;
  }

  /** A lease as the cron server would hold it. */
  async function lease(): Promise<{ name: string; number: number }> {
    const held = await worker.app.get(Leases).acquire(`purge-${newMessageId()}`, { ttl: 60_000 });
    if (!held) throw new Error('nobody else wants this lease');
    return { name: held.name, number: held.fence };
  }

  /** Stores a dead letter with this status. */
  async function letterOf(messageId: string, status: string): Promise<void> {
    const columns =
      'id, message_id, queue, reason, attempts, first_failed_at, dead_at, headers, payload, errors';
    await execute(
      `INSERT INTO dead_letter (${columns}, status)
       VALUES (gen_random_uuid(), $1, 'task_queue', 'X', 4, now(), now(), '{}', '', '[]', $2)`,
      [messageId, status],
    );
  }

  beforeAll(async () => {
    // No consumer is opened: the queue belongs to the apps that run beside this.
    worker = await ScratchWorker.start({ imports: [LocksModule.forRoot({ owner: true }), MessagesModule] });
    messages = worker.app.get(MessagesService);
  });
  afterAll(() => worker.stop());
  beforeEach(() => execute('TRUNCATE task, inbox, dead_letter'));

  it('are done once their effect is committed', async () => {
    const messageId = await done();
    expect(await messages.status(messageId)).toEqual({
      messageId,
      status: MessageStatus.DONE,
      updatedAt: expect.any(Date),
    });
  });

  it.each([
    ['dead', 'are dead letters', MessageStatus.DEAD],
    ['discarded', 'were discarded there', MessageStatus.DEAD],
    ['redriving', 'wait to be sent back', MessageStatus.ACCEPTED],
    ['redriven', 'were sent back', MessageStatus.ACCEPTED],
  ])('have the status of letters that are %s when they %s', async (letterStatus, _what, status) => {
    const messageId = newMessageId();
    await letterOf(messageId, letterStatus);
    expect(await messages.status(messageId)).toMatchObject({ status });
  });

  it('are done once a redriven one has had its effect, and not found after its purge', async () => {
    const messageId = await done({ daysAgo: 3 });
    await letterOf(messageId, 'redriven');
    expect(await messages.status(messageId)).toMatchObject({ status: MessageStatus.DONE });
    await messages.purge({ before: new Date(), fence: await lease(), limit: 1 });
    await expect(messages.status(messageId)).rejects.toHaveReason('MESSAGE_NOT_FOUND');
  });

  it('are accepted while they are delayed, and after that until they are done', async () => {
    const messageId = newMessageId();
    await execute(
      `INSERT INTO outbox (message_id, queue, headers, payload, due_at)
       VALUES ($1, 'task_queue', '{}', '1', now() + interval '1 hour')`,
      [messageId],
    );
    expect(await messages.status(messageId)).toMatchObject({ status: MessageStatus.ACCEPTED });
    await worker.app.get(Inbox).once(messageId, 'scheduled', () => Promise.resolve());
    await execute('TRUNCATE outbox');
    expect(await messages.status(messageId)).toMatchObject({ status: MessageStatus.ACCEPTED });
    await worker.app
      .get(Inbox)
      .once(messageId, taskQueue.name, () => worker.app.get(MessageStore).record(messageId, 1));
    expect(await messages.status(messageId)).toMatchObject({ status: MessageStatus.DONE });
    await messages.purge({ before: new Date(Date.now() + 60_000), fence: await lease(), limit: 10 });
    await expect(messages.status(messageId)).rejects.toHaveReason('MESSAGE_NOT_FOUND');
  });

  it('are not found when the worker never received them', async () => {
    await expect(messages.status(newMessageId())).rejects.toHaveReason('MESSAGE_NOT_FOUND');
  });

  describe('when they are purged', () => {
    const before = () => new Date(Date.now() - 86_400_000);

    it('are removed oldest first, up to the limit, with their inbox rows', async () => {
      const [oldest, older, young] = [await done({ daysAgo: 3 }), await done({ daysAgo: 2 }), await done()];
      const fence = await lease();
      expect(await messages.purge({ before: before(), fence, limit: 1 })).toBe(1);
      await expect(messages.status(oldest)).rejects.toHaveReason('MESSAGE_NOT_FOUND');
      expect(await messages.purge({ before: before(), fence, limit: 10 })).toBe(1);
      const left = await execute('SELECT message_id FROM inbox');
      expect(left).toEqual([{ message_id: young }]);
      await expect(messages.status(older)).rejects.toHaveReason('MESSAGE_NOT_FOUND');
    });

    it('are kept when the caller has lost its lease', async () => {
      const messageId = await done({ daysAgo: 3 });
      const { name, number } = await lease();
      const stale = messages.purge({ before: before(), fence: { name, number: number + 1 }, limit: 10 });
      await expect(stale).rejects.toHaveReason('FENCE_LOST');
      expect(await messages.status(messageId)).toMatchObject({ status: MessageStatus.DONE });
    });
  });
});

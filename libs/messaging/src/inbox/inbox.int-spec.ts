import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsumerModule, Inbox, newMessageId } from '../index.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { InboxPruner } from './inbox.pruner.js';

const NOTHING = () => Promise.resolve();

describe('the inbox', () => {
  let worker: ScratchWorker;
  let inbox: Inbox;

  /** A message that had its effect some days ago. */
  const done = async (daysAgo: number): Promise<string> => {
    const id = newMessageId();
    await inbox.once(id, 'q', NOTHING);
    const sql = `UPDATE inbox SET done_at = now() - make_interval(days => $2) WHERE message_id = $1`;
    await worker.postgres.execute(sql, [id, daysAgo]);
    return id;
  };
  const isKnown = async (id: string) => !(await inbox.once(id, 'q', NOTHING));

  beforeAll(async () => {
    worker = await ScratchWorker.start({
      imports: [ConsumerModule],
      environment: { APP__MESSAGING__INBOX_RETENTION: '2d' },
    });
    inbox = worker.app.get(Inbox);
  });
  afterAll(() => worker.stop());
  beforeEach(() => worker.postgres.execute('TRUNCATE inbox'));

  it('deletes only messages that had their effect longer ago than the retention', async () => {
    const [old, young] = [await done(3), await done(1)];
    await worker.app.get(InboxPruner).prune();
    expect([await isKnown(old), await isKnown(young)]).toEqual([false, true]);
  });

  it('deletes the oldest first, up to the given limit', async () => {
    const [older, old] = [await done(5), await done(4)];
    expect(await inbox.prune(86_400_000, 1)).toBe(1);
    expect([await isKnown(older), await isKnown(old)]).toEqual([false, true]);
  });

  it('records a message separately for each of its queues', async () => {
    const id = newMessageId();
    const ran = [await inbox.once(id, 'a', NOTHING), await inbox.once(id, 'b', NOTHING)];
    expect([...ran, await inbox.once(id, 'a', NOTHING)]).toEqual([true, true, false]);
  });

  it('allows one effect when the same batch arrives twice at the same time, in any order', async () => {
    const ids = Array.from({ length: 50 }, newMessageId);
    const taken: string[] = [];
    const take = (order: readonly string[]) =>
      inbox.onceEach(order, 'q', async (fresh) => {
        taken.push(...order.filter((_, index) => fresh[index]));
      });
    const flags = await Promise.all([take(ids), take([...ids].reverse()), take([...ids, ...ids])]);
    expect(flags.flat().filter(Boolean)).toHaveLength(50);
    expect(taken.sort()).toEqual(ids.sort());
  });

  it('records nothing of a batch whose effect failed', async () => {
    const ids = [newMessageId(), newMessageId()];
    const failing = inbox.onceEach(ids, 'q', () => Promise.reject(new Error('no effect')));
    await expect(failing).rejects.toThrow('no effect');
    expect(await inbox.onceEach(ids, 'q', NOTHING)).toEqual([true, true]);
  });
});

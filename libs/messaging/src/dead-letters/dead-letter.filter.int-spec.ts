import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { deadMessage } from '../../../../test/support/apps/dead-message.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import {
  ConsumerModule,
  DeadLetterAdmin,
  DeadLetterAdminModule,
  type DeadLetterFilter,
  DeadLetters,
  newMessageId,
} from '../index.js';
import { DeadLetterStore } from './dead-letter.store.js';

const BY_ALICE = { actor: 'alice', note: 'the bug is fixed' };

describe('dead letters of a filter', () => {
  let worker: ScratchWorker;
  let admin: DeadLetterAdmin;

  const listed = async (filter: DeadLetterFilter) =>
    (await admin.list(filter, { statuses: ['dead'], limit: 2 })).items;
  const discard = (filter: DeadLetterFilter) =>
    admin.handleMany('discard', filter, { ...BY_ALICE, limit: 2 });

  beforeAll(async () => {
    worker = await ScratchWorker.start({ imports: [ConsumerModule, DeadLetterAdminModule] });
    admin = worker.app.get(DeadLetterAdmin);
  });
  afterAll(() => worker.stop());
  beforeEach(async () => {
    await worker.postgres.empty('dead_letter_action', 'dead_letter');
    await worker.app.get(DeadLetters).take(deadMessage('a_queue_that_nobody_has'));
  });

  it.each<[string, DeadLetterFilter]>([
    ['queue', { queue: 'other' }],
    ['reason', { reason: 'OTHER' }],
    ['type', { type: 'tests.other.v1' }],
    ['time', { since: new Date(Date.now() + 60_000) }],
    ['id', { ids: [newMessageId()] }],
  ])('are listed and handled only if they match its %s', async (_what, other) => {
    const [letter = missing()] = await listed({});
    const { id, queue, reason, type, deadAt: since } = letter;
    const matching = { queue, reason, type, since, ids: [id] };
    expect([await listed({ ...matching, ...other }), await discard({ ...matching, ...other })]).toEqual([
      [],
      0,
    ]);
    expect([await listed(matching), await discard(matching)]).toEqual([[letter], 1]);
  });

  it('are exported oldest first, and only as fast as they are taken', async () => {
    const letter = deadMessage('a_queue_that_nobody_has');
    const letters = worker.app.get(DeadLetters);
    for (let count = 0; count < 600; count++) await letters.take({ ...letter, id: newMessageId() });
    const list = jest.spyOn(worker.app.get(DeadLetterStore), 'list');
    const reads: number[] = [];
    const exported: string[] = [];
    for await (const { id } of admin.export({ queue: 'a_queue_that_nobody_has' }, ['dead'])) {
      exported.push(id);
      reads.push(list.mock.calls.length);
    }
    list.mockRestore();
    expect([exported.length, reads[499], reads[500]]).toEqual([601, 1, 2]);
    expect(exported).toEqual([...exported].sort());
  });

  it('have actions that are listed by their actor', async () => {
    expect(await discard({ queue: 'a_queue_that_nobody_has' })).toBe(1);
    const actionsOf = async (actor: string) => (await admin.actions({ actor }, { limit: 2 })).items.length;
    expect([await actionsOf('alice'), await actionsOf('bob')]).toEqual([1, 0]);
  });
});

function missing(): never {
  throw new Error('no dead letter is listed');
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TransactionHost } from '@app/postgres';
import { RabbitMqModule } from '@app/rabbitmq';
import { Metrics } from '@app/telemetry';
import { Controller, Inject, Module } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { deadMessage } from '../../../../test/support/apps/dead-message.js';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { FULL } from '../../../../test/support/assertions/form.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import {
  Consume,
  type DeadLetterAction,
  DeadLetterAdmin,
  DeadLetterAdminModule,
  DeadLetters,
  type DeadLetterStatus,
  type IncomingMessage,
  MessageContext,
  MessagePublisher,
  newMessageId,
  PublisherModule,
  RelayModule,
} from '../index.js';
import { DeadLetterPruner } from './dead-letter.pruner.js';
import { RedriveStore } from './redrive.store.js';

const [RATE, LETTERS] = FULL ? [500, 1_000] : [150, 300];
const broker = await ScratchBroker.create();
const queue = broker.queue([]);
/** Letters that are redriven to this queue stay in the outbox. */
const ELSEWHERE = { queue: 'a_queue_that_nobody_has' };
const ALL: DeadLetterStatus[] = ['dead', 'redriving', 'redriven', 'discarded'];
const letter = deadMessage(queue.name);
const BY_ALICE = { actor: 'alice', note: 'the bug is fixed' };

/** Whether the bug is still there. */
let broken = true;

@Controller()
class OrdersConsumer {
  constructor(@Inject(TransactionHost) private readonly transactions: TransactionHost) {}

  @Consume({ queue, concurrency: 50 })
  async onOrder(@Ctx() { message }: MessageContext): Promise<void> {
    await this.transactions.query('INSERT INTO effect (message_id) VALUES ($1)', [message.id]);
    if (broken) throw new Error('the bug');
  }
}

/** The relay without its consumer: the queue of that consumer belongs to the apps that run at the same time. */
@Module({
  imports: Reflect.getMetadata('imports', RelayModule) as [],
  providers: Reflect.getMetadata('providers', RelayModule) as [],
})
class RelayOnly {}

describe('dead letters', () => {
  let worker: ScratchWorker;
  let admin: DeadLetterAdmin;

  const execute = <T extends object>(sql: string, parameters: readonly unknown[] = []) =>
    worker.postgres.execute<T & Record<string, unknown>>(sql, parameters);
  const only = async () => {
    const { items } = await admin.list({}, { statuses: ALL, limit: 2 });
    expect(items).toHaveLength(1);
    return items[0] ?? missing();
  };
  const effects = async () => (await execute('SELECT message_id FROM effect')).length;
  const publish = (messageId = newMessageId()) =>
    worker.app.get(MessagePublisher).publish(queue, { type: 'tests.order.v1', payload: { a: 1 }, messageId });
  const counted = async (status: DeadLetterStatus) =>
    (await execute('SELECT id FROM dead_letter WHERE status = $1', [status])).length;
  const take = (message: Partial<IncomingMessage> = {}) =>
    worker.app.get(DeadLetters).take({ ...letter, ...message });

  beforeAll(async () => {
    worker = await ScratchWorker.start({
      imports: [RelayOnly, PublisherModule, DeadLetterAdminModule, RabbitMqModule.forFeature(queue)],
      controllers: [OrdersConsumer],
      environment: {
        APP__MESSAGING__RELAY__SOURCES: '[]',
        APP__DEAD_LETTERS__REDRIVE_RATE: String(RATE),
      },
    });
    await execute('CREATE TABLE effect (message_id uuid PRIMARY KEY)');
    admin = worker.app.get(DeadLetterAdmin);
    await worker.consume();
  });
  afterAll(async () => {
    await worker.stop();
    await broker.drop();
  });
  beforeEach(async () => {
    broken = true;
    await worker.postgres.empty('effect', 'inbox', 'outbox', 'dead_letter_action', 'dead_letter');
  });

  it('that are redriven after a bug fix have one effect each, at the common rate of all workers', async () => {
    await Promise.all(Array.from({ length: LETTERS }, () => publish()));
    await eventually(async () => expect(await counted('dead')).toBe(LETTERS), { within: 20_000 });
    broken = false;
    const redriven = await admin.handleMany('redrive', { queue: queue.name }, { ...BY_ALICE, limit: 5_000 });
    expect(redriven).toBe(LETTERS);
    // Simulates other workers that run at the same time.
    const store = worker.app.get(RedriveStore);
    await Promise.all(Array.from({ length: 5 }, () => store.send(RATE, RATE)));
    await eventually(async () => expect(await effects()).toBe(LETTERS), { within: 20_000 });
    expect(await counted('dead')).toBe(0);
    const [busiest] = await execute<{ letters: string }>(`
      SELECT max(letters) AS letters FROM (
        SELECT count(*) OVER (ORDER BY redriven_at RANGE '999 milliseconds' PRECEDING) AS letters FROM dead_letter
      ) AS seconds`);
    expect(Number(busiest?.letters)).toBeLessThanOrEqual(RATE);
  });

  it('that die again are the same letters, with the failures before and after each redrive', async () => {
    const { messageId } = await publish();
    await eventually(async () => expect(await counted('dead')).toBe(1));
    const { id } = await only();
    await admin.handle('redrive', id, BY_ALICE);
    await eventually(async () => expect(await only()).toMatchObject({ id, status: 'dead', redrives: 1 }));
    broken = false;
    await admin.handle('redrive', id, BY_ALICE);
    await eventually(async () => expect(await effects()).toBe(1));
    const opened = await admin.open(id);
    expect(opened).toMatchObject({ messageId, status: 'redriven', redrives: 2, attempts: 1 });
    expect(opened.errors.map(({ message }) => message)).toEqual(['the bug', 'the bug']);
    expect(opened.actions.map(({ action, actor }) => [action, actor])).toEqual([
      ['redrive', 'alice'],
      ['redrive', 'alice'],
    ]);
  });

  it('start with the first attempt when they are redriven, and keep their history', async () => {
    const other = broker.queue([]);
    await broker.redeclare(other.name, {});
    const headers = {
      tenant: 'x',
      'x-attempt': 4,
      'x-delivery-count': 3,
      'x-death': [{ reason: 'expired' }],
    };
    await take({ queue: other.name, attempt: 4, correlationId: 'order-7', headers });
    await admin.handle('redrive', (await only()).id, BY_ALICE);
    const sent = await eventually(async () => (await broker.take(other.name)) ?? missing());
    expect(sent.properties).toMatchObject({ messageId: letter.id, correlationId: 'order-7' });
    expect(sent.content.toString()).toBe('{"a":1}');
    const { 'x-failures': failures, ...others } = sent.properties.headers ?? {};
    expect(others).toEqual({ tenant: 'x', 'x-attempt': 1, 'x-delivery-count': 0 });
    expect(JSON.parse(String(failures))).toEqual(letter.failures);
  });

  describe('that two people handle at once', () => {
    it('are each redriven or discarded, never both', async () => {
      const ids = Array.from({ length: 300 }, () => newMessageId());
      for (const id of ids) await take({ id });
      broken = false;
      const filter = { queue: queue.name };
      const [redriven, discarded] = await Promise.all([
        admin.handleMany('redrive', filter, { ...BY_ALICE, limit: 200 }),
        admin.handleMany('discard', filter, { actor: 'bob', note: '', limit: 200 }),
      ]);
      const rest = await admin.handleMany('discard', filter, { actor: 'bob', note: '', limit: 200 });
      expect(redriven + discarded + rest).toBe(300);
      await eventually(async () => expect(await effects()).toBe(redriven));
      expect(await counted('discarded')).toBe(discarded + rest);
      const actions = await execute<{ action: string }>(
        'SELECT DISTINCT letter_id, action FROM dead_letter_action',
      );
      expect(actions).toHaveLength(300);
    });

    it('are handled by one of them, and the other receives an error', async () => {
      await take(ELSEWHERE);
      const { id } = await only();
      const both: DeadLetterAction['action'][] = ['redrive', 'discard'];
      const ends = await Promise.allSettled(both.map((each) => admin.handle(each, id, BY_ALICE)));
      expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      await expect(admin.handle('discard', id, BY_ALICE)).rejects.toHaveReason('DEAD_LETTER_HANDLED');
    });
  });

  it.each(['discard', 'redrive'] as const)(
    'stay handled after a %s when the same death is delivered again, but not after another one',
    async (action) => {
      await take(ELSEWHERE);
      const { id } = await only();
      await admin.handle(action, id, BY_ALICE);
      await take(ELSEWHERE);
      expect((await only()).status).not.toBe('dead');
      await eventually(async () => expect((await only()).status).not.toBe('redriving'));
      const [first] = letter.failures;
      const second = { attempt: 1, at: '2026-03-02T00:00:00.000Z', reason: 'Worse', message: 'the next bug' };
      await take({ ...ELSEWHERE, failures: [...(first ? [first] : []), second] });
      expect(await only()).toMatchObject({ id, status: 'dead', reason: 'Worse', error: 'the next bug' });
    },
  );

  it('include messages that the broker gave up, which no handler could record', async () => {
    const death = { reason: 'delivery_limit', time: { '!': 'timestamp', value: 1_772_000_000 } };
    await take({ failures: [], headers: { 'x-death': [death] } });
    await take({ failures: [], headers: { 'x-death': [death] } });
    expect((await admin.open((await only()).id)).errors).toMatchObject([{ reason: 'DELIVERY_LIMIT' }]);
  });

  it('are not stored when the message has had its effect', async () => {
    await execute('INSERT INTO inbox (message_id, queue) VALUES ($1, $2)', [letter.id, queue.name]);
    await take();
    expect(await execute('SELECT FROM dead_letter')).toEqual([]);
  });

  it('are redriven with a history that fits into headers, and stay the same letters when they die again', async () => {
    const failures = Array.from({ length: 10 }, (_, index) => ({
      attempt: 1,
      at: new Date(1_772_000_000_000 + index).toISOString(),
      reason: 'Error',
      message: '€'.repeat(500),
      details: { issues: '€'.repeat(3_900) },
    }));
    await take({ failures });
    const { id } = await only();
    await admin.handle('redrive', id, BY_ALICE);
    await eventually(async () => expect(await only()).toMatchObject({ status: 'dead', redrives: 1 }));
    const { errors } = await admin.open(id);
    expect(errors.map(({ details }) => details !== undefined)).toEqual([...failures.map(() => true), false]);
  });

  describe('in a list', () => {
    it('are ordered newest first, page by page, each once', async () => {
      const ids = Array.from({ length: 5 }, () => newMessageId());
      for (const id of ids) await take({ id });
      const met: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await admin.list({}, { statuses: ['dead'], limit: 2, cursor });
        met.push(...page.items.map(({ messageId }) => messageId));
        cursor = page.nextCursor;
        await take({ id: newMessageId() });
      } while (cursor !== undefined);
      // The order is not defined for letters of the same millisecond.
      expect(met.toSorted()).toEqual(ids.toSorted());
    });
  });

  it('are not handled without a filter', async () => {
    await expect(admin.handleMany('discard', {}, { ...BY_ALICE, limit: 1 })).rejects.toHaveReason(
      'VALIDATION_FAILED',
    );
  });

  it('are removed after their retention, unless they wait', async () => {
    const [old, young, dead] = [newMessageId(), newMessageId(), newMessageId()];
    for (const id of [old, young]) await take({ id });
    await admin.handleMany('discard', { queue: queue.name }, { ...BY_ALICE, limit: 2 });
    await take({ id: dead });
    await execute(`UPDATE dead_letter SET dead_at = now() - interval '9 years'`);
    await execute(`UPDATE dead_letter SET handled_at = now() - interval '31 days' WHERE message_id = $1`, [
      old,
    ]);
    await execute(`UPDATE dead_letter_action SET at = now() - interval '366 days' WHERE message_id = $1`, [
      young,
    ]);
    await worker.app.get(DeadLetterPruner).prune();
    const { items } = await admin.list({}, { statuses: ALL, limit: 3 });
    expect(items.map(({ messageId }) => messageId).toSorted()).toEqual([young, dead].toSorted());
    const actions = await admin.actions({}, { limit: 10 });
    expect(actions.items).toMatchObject([{ messageId: old, actor: 'alice' }]);
  });

  it('are counted by queue, and so are the actions of people', async () => {
    await take();
    await admin.handle('discard', (await only()).id, BY_ALICE);
    await take({ id: newMessageId() });
    const page = async () => (await worker.app.get(Metrics).expose()).body;
    const dead = `dead_letters{queue="${queue.name}",status="dead"} 1`;
    await eventually(async () => expect(await page()).toContain(dead), { within: 10_000 });
    const discarded = `dead_letter_actions_total{queue="${queue.name}",action="discard"}`;
    expect(await page()).toMatch(new RegExp(`${discarded} [1-9]`));
  });
});

function missing(): never {
  throw new Error('it is not there yet');
}

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Notifications, TransactionConflictError, TransactionHost } from '@app/postgres';
import { type BrokerMessage, ConfirmPublisher, RabbitMqModule } from '@app/rabbitmq';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { LONG } from '../../../../test/support/assertions/form.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { ConsumerModule, EventOutbox, newMessageId, OutboxModule } from '../index.js';
import { OUTBOX_CHANNEL } from '../outbox/outbox.channel.js';
import { OutboxWriter } from '../outbox/outbox.writer.js';
import { type OutboxStream, OutboxSource } from './outbox.source.js';
import { RelayLoop } from './relay.loop.js';

const HOT_EVENTS = LONG ? 20_000 : 3_000;
const COLD_KEYS = 100;
const TRANSACTIONS = LONG ? 5_000 : 200;
const WITHIN = { within: LONG ? 300_000 : 30_000 };

interface Event {
  key: string;
  number: number;
}

describe('events of one key', () => {
  let broker: ScratchBroker;
  let worker: ScratchWorker;
  let outbox: EventOutbox;
  let transactions: TransactionHost;
  let queue: ReturnType<ScratchBroker['queue']>;

  const event = (key: string, number: number, to = queue) => ({
    type: 'tests.happened.v1',
    queue: to,
    payload: { key, number },
    aggregateKey: key,
  });
  const fill = (count: number, to: string, key: string | null) =>
    worker.postgres.execute(
      `INSERT INTO outbox (message_id, queue, type, aggregate_key, headers, payload)
       SELECT gen_random_uuid(), $1, 'tests.happened.v1', $2, '{}',
         convert_to(jsonb_build_object('key', $2::text, 'number', number)::text, 'UTF8')
       FROM generate_series(1, $3::int) AS number`,
      [to, key, count],
    );
  const source = () => new OutboxSource(worker.postgres.schema, transactions);
  const send = (message: BrokerMessage) => worker.app.get(ConfirmPublisher).publish(message);
  const eventOf = ({ content }: BrokerMessage) => JSON.parse(content.toString()) as Event;

  /** Relays events until `work` is done. */
  async function relaying<T>(publish: typeof send, work: (wake: () => void) => Promise<T>): Promise<T> {
    const rows = source();
    const loop = new RelayLoop({
      source: worker.postgres.schema,
      batchSize: 1_000,
      pollInterval: 20,
      maxBackOff: 20,
      relay: (limit) => rows.relay('ordered', limit, publish),
    });
    loop.wake();
    try {
      return await work(() => loop.wake());
    } finally {
      loop.stop();
      await loop.idle();
    }
  }

  beforeAll(async () => {
    broker = await ScratchBroker.create();
    queue = broker.queue([]);
    worker = await ScratchWorker.start({
      imports: [ConsumerModule, OutboxModule, RabbitMqModule.forFeature(queue)],
    });
    outbox = worker.app.get(EventOutbox);
    transactions = worker.app.get(TransactionHost);
  });
  afterAll(async () => {
    await worker.stop();
    await broker.drop();
  });
  beforeEach(() => worker.postgres.execute('TRUNCATE outbox'));

  it(`do not delay other keys: with ${HOT_EVENTS} of one key, 99 % of others are sent within a second`, async () => {
    await fill(HOT_EVENTS, queue.name, 'hot');
    const added = new Map<string, number>();
    const waited: number[] = [];
    const publish = async (message: BrokerMessage) => {
      await send(message);
      const since = added.get(eventOf(message).key);
      if (since !== undefined) waited.push(performance.now() - since);
    };
    await relaying(publish, async (wake) => {
      for (let number = 1; number <= COLD_KEYS; number++) {
        await transactions.run(() => outbox.add(event(`cold-${number}`, 1)));
        added.set(`cold-${number}`, performance.now());
        wake();
        await delay(10);
      }
      await eventually(() => expect(waited).toHaveLength(COLD_KEYS), WITHIN);
    });
    expect(waited.toSorted((a, b) => a - b)[COLD_KEYS - 2]).toBeLessThan(1_000);
  });

  it(`are published in the order in which ${TRANSACTIONS} transactions added them at the same time`, async () => {
    const added: number[] = [];
    const published: number[] = [];
    const publish = async (message: BrokerMessage) => {
      published.push(eventOf(message).number);
      return Promise.resolve();
    };
    const add = (number: number) =>
      transactions.run(async () => {
        await outbox.add(event('one', number));
        added.push(number);
        await delay(Math.random() * 4);
      });
    await relaying(publish, async (wake) => {
      await Promise.all(
        Array.from({ length: TRANSACTIONS }, (_, number) =>
          delay(Math.random() * TRANSACTIONS)
            .then(() => add(number))
            .then(wake),
        ),
      );
      await eventually(() => expect(published).toHaveLength(TRANSACTIONS), WITHIN);
    });
    expect(published).toEqual(added);
  });

  describe('added with those of another key in the opposite order at the same time', () => {
    /** Two transactions; each adds its first event before the other adds its second. */
    async function crosswise(retries: number): Promise<PromiseSettledResult<void>[]> {
      let begun = 0;
      const both = Promise.withResolvers<void>();
      const add = (keys: readonly string[]) =>
        transactions.run(
          async () => {
            for (const key of keys) {
              await outbox.add(event(key, 1));
              if ((begun += 1) === 2) both.resolve();
              await both.promise;
            }
          },
          { retries },
        );
      return Promise.allSettled([add(['a', 'b']), add(['b', 'a'])]);
    }

    it('fail in one of the transactions with a retryable error', async () => {
      const failed = (await crosswise(0)).filter((end) => end.status === 'rejected');
      expect(failed).toHaveLength(1);
      expect(failed[0]?.reason).toBeInstanceOf(TransactionConflictError);
      expect(failed[0]?.reason).toMatchObject({ retryable: true });
    });

    it('are all added when the transaction is retried', async () => {
      expect((await crosswise(3)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
      expect(await worker.postgres.execute('SELECT id FROM outbox')).toHaveLength(4);
    });

    it('never deadlock when each transaction adds them in one call', async () => {
      const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
      const add = (order: readonly string[]) =>
        transactions.run(() => outbox.addAll(order.map((key) => event(key, 1))));
      const rounds = Array.from({ length: 10 }, () => [add(keys), add(keys.toReversed())]).flat();
      const ids = (await Promise.all(rounds)).flat().map(({ messageId }) => messageId);
      expect(new Set(ids).size).toBe(rounds.length * keys.length);
    });
  });

  it('do not block transactions that add events for another key, for another queue, or without a key', async () => {
    const held = Promise.withResolvers<void>();
    const had = Promise.withResolvers<void>();
    const holding = transactions.run(async () => {
      await outbox.add(event('one', 1));
      had.resolve();
      await held.promise;
    });
    await had.promise;
    await transactions.run(() => outbox.add(event('two', 1)));
    await transactions.run(() => outbox.add(event('one', 1, { ...queue, name: 'elsewhere' })));
    await transactions.run(() => outbox.add({ type: 'tests.happened.v1', queue, payload: 1 }));
    expect(await worker.postgres.execute('SELECT id FROM outbox')).toHaveLength(3);
    held.resolve();
    await holding;
  });

  it.each([
    ['with a key', { aggregateKey: 'one' }],
    ['without a key', {}],
    ['that are delayed', { dueAt: new Date(0) }],
  ])('notify the relay when their transaction commits (%s)', async (_which, more) => {
    const notified: string[] = [];
    const listening = Promise.withResolvers<void>();
    const subscription = worker.app
      .get(Notifications)
      .listen(OUTBOX_CHANNEL, (schema) => notified.push(schema), { onListening: listening.resolve });
    await listening.promise;
    const row = { queue: queue.name, type: undefined, headers: {}, content: Buffer.from('1') };
    await transactions.run(() =>
      worker.app.get(OutboxWriter).write({ ...row, messageId: newMessageId(), ...more }),
    );
    await eventually(() => expect(notified).toContain(worker.postgres.schema));
    await subscription.close();
  });

  it.each<[OutboxStream, string | null]>([
    ['ordered', 'hot'],
    ['unordered', null],
  ])('share each batch with those of others, however many there are (%s)', async (line, key) => {
    await fill(500, 'a_queue_with_many', key);
    await fill(1, 'a_queue_with_one', key);
    const queues: string[] = [];
    const batch = await source().relay(line, 10, async (message) => {
      queues.push(message.queue);
      return Promise.resolve();
    });
    expect(queues).toContain('a_queue_with_one');
    expect(batch).toMatchObject({ taken: 6, published: 6, more: true });
  });

  it('are all relayed when more keys wait than a batch has rows', async () => {
    const keys = Array.from({ length: 25 }, (_, index) => `key-${index}`);
    for (const key of keys) await fill(5, queue.name, key);
    const rows = source();
    const met = new Set<string>();
    const publish = async (message: BrokerMessage) => {
      met.add(eventOf(message).key);
      return Promise.resolve();
    };
    for (let batch = 0; batch < 4; batch++) await rows.relay('ordered', 10, publish);
    expect(met.size).toBe(keys.length);
  });
});

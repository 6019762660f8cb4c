import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TransactionHost } from '@app/postgres';
import { type BrokerMessage, ConfirmPublisher, PublishUnconfirmedError, RabbitMqModule } from '@app/rabbitmq';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { FULL } from '../../../../test/support/assertions/form.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { ConsumerModule, EventOutbox, OutboxModule } from '../index.js';
import { type OutboxStream, OutboxSource } from './outbox.source.js';
import { RelayLoop } from './relay.loop.js';

const KEYS = 20;
const EVENTS_OF_A_KEY = FULL ? 40 : 20;

describe('events of the outbox', () => {
  let broker: ScratchBroker;
  let worker: ScratchWorker;
  let outbox: EventOutbox;
  let transactions: TransactionHost;
  let queue: ReturnType<ScratchBroker['queue']>;

  const add = (key: number, number: number, to = queue) =>
    outbox.add({
      type: 'tests.happened.v1',
      queue: to,
      payload: { key, number },
      aggregateKey: `key-${key}`,
    });
  const publish = (message: BrokerMessage) => worker.app.get(ConfirmPublisher).publish(message);
  const source = () => new OutboxSource(worker.postgres.schema, transactions);
  const waiting = () => worker.postgres.execute('SELECT id FROM outbox');
  const endSessions = () =>
    worker.postgres.execute(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = $1 AND state = 'idle in transaction'`,
      [worker.postgres.schema],
    );
  /** The events that arrived for each key, without repetitions. */
  const arrived = async (name = queue.name) => {
    const numbers = new Map<number, number[]>();
    for (let message = await broker.take(name); message; message = await broker.take(name)) {
      const { key, number } = JSON.parse(message.content.toString()) as { key: number; number: number };
      const known = numbers.get(key) ?? [];
      numbers.set(key, known.includes(number) ? known : [...known, number]);
    }
    return numbers;
  };

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

  it('of one key keep their order with three relays, lost confirms and lost sessions', async () => {
    for (let number = 1; number <= EVENTS_OF_A_KEY; number++)
      await transactions.run(async () => {
        for (let key = 1; key <= KEYS; key++) await add(key, number);
      });
    let calls = 0;
    const unreliable = async (message: BrokerMessage) => {
      calls += 1;
      if (calls % 31 === 0) throw PublishUnconfirmedError.of(message.queue);
      await publish(message);
      if (calls % 37 === 0) throw PublishUnconfirmedError.of(message.queue);
      if (calls % 200 === 0) await endSessions();
    };
    const relays = [1, 2, 3].map(() => {
      const outboxOfAll = source();
      return new RelayLoop({
        source: worker.postgres.schema,
        batchSize: 50,
        pollInterval: 5,
        maxBackOff: 20,
        relay: (limit) => outboxOfAll.relay('ordered', limit, unreliable),
      });
    });
    for (const relay of relays) relay.wake();
    try {
      await eventually(async () => expect(await waiting()).toEqual([]), { within: 30_000 });
    } finally {
      for (const relay of relays) relay.stop();
      await Promise.all(relays.map((relay) => relay.idle()));
    }
    const inOrder = Array.from({ length: EVENTS_OF_A_KEY }, (_, index) => index + 1);
    const numbers = await arrived();
    expect(numbers.size).toBe(KEYS);
    for (const each of numbers.values()) expect(each).toEqual(inOrder);
  });

  it('of one key wait behind one that could not be published, and other events do not', async () => {
    const nowhere = { ...queue, name: `${queue.name}.nowhere` };
    await transactions.run(async () => {
      await add(1, 1, nowhere);
      await add(2, 1);
      await add(1, 2);
      await add(1, 2, nowhere);
    });
    expect(await source().relay('ordered', 10, publish)).toMatchObject({ published: 2, failures: [] });
    await transactions.run(() => add(1, 3, nowhere));
    expect(await source().relay('ordered', 10, publish)).toMatchObject({ published: 0, failures: [] });
    expect(await arrived()).toEqual(
      new Map([
        [2, [1]],
        [1, [2]],
      ]),
    );
    const kept = await worker.postgres.execute<{ due_at: Date }>('SELECT due_at FROM outbox');
    expect(new Set(kept.map(({ due_at }) => due_at.getTime())).size).toBe(1);
    expect(kept).toHaveLength(3);
    await worker.postgres.execute('UPDATE outbox SET due_at = now(), queue = $1', [queue.name]);
    expect(await source().relay('ordered', 10, publish)).toMatchObject({ published: 3 });
    expect(await arrived()).toEqual(new Map([[1, [1, 2, 3]]]));
  });

  it('of one key are published by one relay at a time, while other relays publish events without a key', async () => {
    const held = Promise.withResolvers<void>();
    await transactions.run(async () => {
      await add(1, 1);
      await outbox.add({ type: 'tests.happened.v1', queue, payload: { key: 0, number: 1 } });
    });
    const take = (line: OutboxStream) => source().relay(line, 10, publish);
    const begun = Promise.withResolvers<void>();
    const holding = source().relay('ordered', 10, async (message) => {
      begun.resolve();
      await held.promise;
      await publish(message);
    });
    await begun.promise;
    expect(await take('ordered')).toMatchObject({ taken: 0 });
    expect(await take('unordered')).toMatchObject({ published: 1 });
    held.resolve();
    expect(await holding).toMatchObject({ published: 1 });
    expect(await take('ordered')).toMatchObject({ taken: 0 });
    expect(await arrived()).toEqual(
      new Map([
        [0, [1]],
        [1, [1]],
      ]),
    );
  });

  it('without a key are shared by relays that run at the same time', async () => {
    const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await transactions.run(async () => {
      for (const number of [1, 2])
        await outbox.add({ type: 'tests.happened.v1', queue, payload: { key: 0, number } });
    });
    const holding = source().relay('unordered', 1, async (message) => {
      begun.resolve();
      await held.promise;
      await publish(message);
    });
    await begun.promise;
    expect(await source().relay('unordered', 10, publish)).toMatchObject({ taken: 1, published: 1 });
    held.resolve();
    await holding;
    expect(await arrived()).toEqual(new Map([[0, [2, 1]]]));
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ConfigHandle } from '@app/config';
import { TransactionHost } from '@app/postgres';
import {
  type BrokerMessage,
  type ConfirmPublisher,
  PublishRefusedError,
  RabbitMqModule,
} from '@app/rabbitmq';
import type { Resilience } from '@app/resilience';
import { NoSpans } from '@app/telemetry';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { readMessage } from '../consume/incoming-message.js';
import { ConsumerModule, MessageContext, OutboxModule } from '../index.js';
import { AmqpPublisher } from '../publish/amqp.publisher.js';
import { OutboxSource } from '../relay/outbox.source.js';
import { DelayedConsumer } from './delayed.consumer.js';

/** Timers that stay real; only the wall clock is fake. */
const RUNNING = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;
const DELAY_MS = 60_000;

describe('a delayed message', () => {
  let broker: ScratchBroker;
  let worker: ScratchWorker;
  let queue: ReturnType<ScratchBroker['queue']>;

  /** Publishes a message as a gateway does. Resolves with the message that is sent to the queue `scheduled`. */
  async function publish(delayMs: number): Promise<BrokerMessage> {
    const sent: BrokerMessage[] = [];
    const confirms = { publish: (message: BrokerMessage) => Promise.resolve(sent.push(message)) };
    const policy = { run: (work: () => unknown) => work() };
    const publisher = new AmqpPublisher(
      new ConfigHandle({ maxMessageSize: 1_000 }) as never,
      confirms as unknown as ConfirmPublisher,
      { policy: () => policy } as unknown as Resilience,
      new NoSpans(),
    );
    await publisher.publish(queue, { type: 'tests.later.v1', payload: 1, delayMs });
    return sent[0] ?? Promise.reject(new Error('nothing was sent'));
  }
  const store = ({ content, ...properties }: BrokerMessage) =>
    worker.app
      .get(DelayedConsumer)
      .store(new MessageContext([readMessage('scheduled', { content, fields: {}, properties } as never)]));
  /** Milliseconds until the only row is due, by the database's clock. */
  const dueIn = async () => {
    const [row] = await worker.postgres.execute<{ ms: string }>(
      'SELECT 1000 * extract(epoch FROM due_at - clock_timestamp()) AS ms FROM outbox',
    );
    return Number(row?.ms);
  };
  const expectDue = async (ms: number) => {
    const due = await dueIn();
    expect(due).toBeLessThanOrEqual(ms);
    expect(due).toBeGreaterThan(ms - 4_000);
  };

  beforeAll(async () => {
    broker = await ScratchBroker.create();
    queue = broker.queue([]);
    worker = await ScratchWorker.start({
      imports: [ConsumerModule, OutboxModule, RabbitMqModule.forFeature(queue)],
      providers: [DelayedConsumer],
    });
  });
  afterAll(async () => {
    await worker.stop();
    await broker.drop();
  });
  beforeEach(() => worker.postgres.execute('TRUNCATE outbox'));

  describe.each([-40_000, -5_000, 0, 5_000, 40_000])(
    'where the clock of the process is %d ms off',
    (skew) => {
      beforeEach(() => {
        jest.useFakeTimers({ now: Date.now() + skew, doNotFake: [...RUNNING] });
      });
      afterEach(() => {
        jest.useRealTimers();
      });

      it('is due after its delay by the clock of the database', async () => {
        await store(await publish(DELAY_MS));
        await expectDue(DELAY_MS);
      });

      it('is due at once when it waited for the worker for longer than its delay plus the clock skew', async () => {
        const message = await publish(DELAY_MS);
        const headers = { ...message.headers, 'x-due-at': Date.now() - 3_600_000 };
        await store({ ...message, headers });
        expect(await dueIn()).toBeLessThanOrEqual(0);
      });

      it('that cannot be published is deferred by the clock of the database', async () => {
        await worker.postgres.execute(
          `INSERT INTO outbox (message_id, queue, headers, payload) VALUES (gen_random_uuid(), 'q', '{}', '1')`,
        );
        const source = new OutboxSource(worker.postgres.schema, worker.app.get(TransactionHost));
        await source.relay('unordered', 1, ({ queue: name }) => Promise.reject(PublishRefusedError.of(name)));
        await expectDue(5_000);
      });
    },
  );
});

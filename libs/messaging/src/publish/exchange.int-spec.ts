import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TransactionHost } from '@app/postgres';
import { RabbitMqModule } from '@app/rabbitmq';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { readMessage } from '../consume/incoming-message.js';
import { DelayedConsumer } from '../delayed/delayed.consumer.js';
import {
  Consume,
  EventOutbox,
  MessageContext,
  MessagePublisher,
  newMessageId,
  PublisherModule,
  RelayModule,
} from '../index.js';

const broker = await ScratchBroker.create();
const happened = broker.exchange();
const unheard = broker.exchange();
const [audit, search] = [broker.queue(['50ms'], happened), broker.queue([], happened)];

/** How often the audit handler fails before it succeeds. */
let failures = 0;

@Controller()
class Listeners {
  constructor(@Inject(TransactionHost) private readonly transactions: TransactionHost) {}

  @Consume({ queue: audit })
  async onAudit(@Payload() name: string): Promise<void> {
    if (failures-- > 0) throw new Error('not yet');
    await this.note(`audit ${name}`);
  }

  @Consume({ queue: search })
  async onSearch(@Payload() name: string): Promise<void> {
    await this.note(`search ${name}`);
  }

  private async note(name: string): Promise<void> {
    await this.transactions.query('INSERT INTO effect (name) VALUES ($1)', [name]);
  }
}

describe('an event for an exchange', () => {
  let worker: ScratchWorker;
  const type = 'tests.happened.v1';
  const effects = async () =>
    (await worker.postgres.execute<{ name: string }>('SELECT name FROM effect ORDER BY name')).map(
      ({ name }) => name,
    );

  beforeAll(async () => {
    worker = await ScratchWorker.start({
      imports: [PublisherModule, RelayModule, RabbitMqModule.forFeature(happened, unheard)],
      controllers: [Listeners],
      environment: { APP__MESSAGING__RELAY__SOURCES: '[]', APP__MESSAGING__RELAY__POLL_INTERVAL: '100ms' },
    });
    await worker.postgres.execute('CREATE TABLE effect (name text)');
    await worker.app.listen(0, '127.0.0.1');
    await worker.consume();
  });
  afterAll(async () => {
    await worker.stop();
    await broker.drop();
  });
  beforeEach(async () => {
    failures = 0;
    await worker.postgres.empty('effect', 'inbox', 'outbox');
  });

  const add = (payload: string, queue = happened) =>
    worker.app
      .get(TransactionHost)
      .run(() => worker.app.get(EventOutbox).add({ type, queue, payload, aggregateKey: payload }));
  const publish = (payload: string, more: object = {}, queue = happened) =>
    worker.app.get(MessagePublisher).publish(queue, { type, payload, ...more });

  it('has its effect once in every bound queue', async () => {
    await add('x');
    await eventually(async () => expect(await effects()).toEqual(['audit x', 'search x']));
    const id = newMessageId();
    await publish('y', { messageId: id });
    await publish('y', { messageId: id });
    await publish('z');
    const all = ['audit x', 'audit y', 'audit z', 'search x', 'search y', 'search z'];
    await eventually(async () => expect(await effects()).toEqual(all));
  });

  it('is retried only in the queue whose handler failed', async () => {
    failures = 1;
    await add('x');
    await eventually(async () => expect(await effects()).toEqual(['audit x', 'search x']));
  });

  it('may be delayed', async () => {
    // Not through the broker: its queue of delayed messages belongs to other apps that run on it.
    const headers = { 'x-target-exchange': happened.name, 'x-due-at': Date.now() + 100 };
    const properties = { messageId: newMessageId(), type, headers };
    const message = readMessage('scheduled', { content: Buffer.from('"later"'), properties } as never);
    await worker.app.get(DelayedConsumer).store(new MessageContext([message]));
    await eventually(async () => expect(await effects()).toEqual(['audit later', 'search later']));
  });

  it('is rejected, or kept in the outbox, while no queue is bound', async () => {
    await expect(publish('x', {}, unheard)).rejects.toHaveReason('QUEUE_NOT_FOUND');
    await add('x', unheard);
    await eventually(async () => {
      const kept = await worker.postgres.execute('SELECT exchange FROM outbox WHERE due_at IS NOT NULL');
      expect(kept).toEqual([{ exchange: unheard.name }]);
    });
  });

  it('does not reach a queue that is no longer bound', async () => {
    await broker.redeclareExchange(happened.name, 'fanout');
    await expect(publish('nobody')).rejects.toHaveReason('QUEUE_NOT_FOUND');
  });
});

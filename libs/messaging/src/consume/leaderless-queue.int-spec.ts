import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readiness } from '@app/lifecycle';
import { TransactionHost } from '@app/postgres';
import { RabbitMqModule } from '@app/rabbitmq';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { z } from 'zod';
import { AmqpProxy } from '../../../../test/support/network/amqp-proxy.js';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { Consume, ConsumerModule, newMessageId } from '../index.js';

const broker = await ScratchBroker.create();
const [sick, healthy] = [broker.queue(), broker.queue()] as const;
const schema = z.object({ task: z.string() });

@Controller()
class TaskConsumer {
  constructor(@Inject(TransactionHost) private readonly transactions: TransactionHost) {}

  @Consume({ queue: sick, schema })
  first(@Payload() { task }: z.output<typeof schema>): Promise<void> {
    return this.record(task);
  }

  @Consume({ queue: healthy, schema })
  second(@Payload() { task }: z.output<typeof schema>): Promise<void> {
    return this.record(task);
  }

  private async record(task: string): Promise<void> {
    await this.transactions.query('INSERT INTO effect (name) VALUES ($1)', [task]);
  }
}

describe('a queue for which the broker closes the connection', () => {
  let worker: ScratchWorker;
  let proxy: AmqpProxy;

  beforeAll(async () => {
    proxy = await AmqpProxy.before(broker.url);
    worker = await ScratchWorker.start({
      imports: [ConsumerModule, RabbitMqModule.forFeature(sick, healthy)],
      controllers: [TaskConsumer],
      environment: { APP__RABBITMQ__URL: proxy.urlFor(broker.url), APP__LIFECYCLE__CHECK_CACHE: '1ms' },
    });
    await worker.postgres.execute('CREATE TABLE effect (name text)');
    await worker.consume();
  });
  afterAll(async () => {
    await worker.stop();
    await proxy.close();
    await broker.drop();
  });

  const missing = async () => (await worker.app.get(Readiness).dependencies())['consumers']?.message;
  const send = (queue: string, task: string) =>
    broker.send(queue, JSON.stringify({ task }), { messageId: newMessageId() });
  const expectEffect = (task: string) =>
    eventually(
      async () => {
        const rows = await worker.postgres.execute<{ name: string }>('SELECT name FROM effect');
        expect(rows.map(({ name }) => name)).toContain(task);
      },
      { within: 5_000 },
    );

  it('does not stop other queues, and readiness names only its consumer', async () => {
    proxy.takeLeaderOf(sick.name);
    proxy.cutNow();
    await eventually(async () => expect(await missing()).toBe(`not consuming ${sick.name}`));
    // The shared connection stays open from here: retries use a connection of their own.
    const tasks = ['a', 'b', 'c'];
    for (const task of tasks) {
      send(healthy.name, task);
      await expectEffect(task);
      expect(await missing()).toBe(`not consuming ${sick.name}`);
    }
  });

  it('is consumed again once it has a leader', async () => {
    send(sick.name, 'late');
    proxy.giveLeaderBack();
    await expectEffect('late');
    await eventually(async () => expect(await missing()).toBeUndefined());
  });
});

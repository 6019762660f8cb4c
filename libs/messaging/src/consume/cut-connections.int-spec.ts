import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readiness } from '@app/lifecycle';
import { RabbitMqModule } from '@app/rabbitmq';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { AmqpProxy } from '../../../../test/support/network/amqp-proxy.js';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { FULL, LONG } from '../../../../test/support/assertions/form.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { TransactionHost } from '@app/postgres';
import { Consume, ConsumerModule, MessagePublisher, newMessageId, PublisherModule } from '../index.js';

/** The long form runs every round; the others run the same sample of them each time. */
const [ROUNDS, EVERY_NTH_FRAME] = LONG ? [50, 1] : FULL ? [6, 7] : [2, 21];
/** Timeout for all rounds of a test, in milliseconds. */
const TIMEOUT = LONG ? 600_000 : 60_000;

const broker = await ScratchBroker.create();
const queues = [broker.queue(), broker.queue()] as const;
const schema = z.object({ task: z.string() });

@Controller()
class TaskConsumer {
  constructor(@Inject(TransactionHost) private readonly transactions: TransactionHost) {}

  @Consume({ queue: queues[0], schema })
  first(@Payload() { task }: z.output<typeof schema>): Promise<void> {
    return this.record(task);
  }

  @Consume({ queue: queues[1], schema })
  second(@Payload() { task }: z.output<typeof schema>): Promise<void> {
    return this.record(task);
  }

  private async record(task: string): Promise<void> {
    await this.transactions.query('INSERT INTO effect (name) VALUES ($1)', [task]);
  }
}

describe('consumers and publishers', () => {
  let worker: ScratchWorker;
  let proxy: AmqpProxy;
  let publisher: MessagePublisher;

  beforeAll(async () => {
    proxy = await AmqpProxy.before(broker.url);
    worker = await ScratchWorker.start({
      imports: [ConsumerModule, PublisherModule, RabbitMqModule.forFeature(...queues)],
      controllers: [TaskConsumer],
      environment: {
        APP__RABBITMQ__URL: proxy.urlFor(broker.url),
        APP__RABBITMQ__RECONNECT_DELAY: '10ms',
        APP__RABBITMQ__RECONNECT_MAX_DELAY: '200ms',
        APP__LIFECYCLE__CHECK_CACHE: '1ms',
      },
    });
    await worker.postgres.execute('CREATE TABLE effect (name text)');
    publisher = worker.app.get(MessagePublisher);
    await worker.consume();
  });
  afterAll(async () => {
    await worker.stop();
    await proxy.close();
    await broker.drop();
  });

  const consuming = async (): Promise<void> => {
    const { consumers, rabbitmq } = await worker.app.get(Readiness).dependencies();
    expect([rabbitmq?.message, consumers?.message]).toEqual([undefined, undefined]);
  };

  /** Publisher and consumer of both queues work again within 5 s. */
  const expectWorking = async (name: string): Promise<void> => {
    await eventually(consuming, { within: 5_000 });
    const tasks = queues.map((queue, index) => ({ queue, task: `${name}, queue ${index}` }));
    const publish = ({ queue, task }: (typeof tasks)[number]) =>
      publisher.publish(queue, { type: 'tests.task.v1', payload: { task }, messageId: newMessageId() });
    await Promise.all(tasks.map(publish));
    const effects = async () => {
      const rows = await worker.postgres.execute<{ name: string }>('SELECT name FROM effect');
      expect(rows.map((row) => row.name)).toEqual(expect.arrayContaining(tasks.map(({ task }) => task)));
    };
    await eventually(effects, { within: 5_000 });
  };

  it(
    'work again after a cut behind any frame of handshake, topology and consume',
    async () => {
      proxy.cutNow();
      await eventually(async () => expect(proxy.frames).toBeGreaterThan(50));
      await eventually(consuming);
      const all = proxy.frames;
      for (let frame = 1; frame <= all; frame += EVERY_NTH_FRAME) {
        proxy.cutAfter(frame);
        await eventually(() => expect(proxy.isCut).toBe(true));
        await expectWorking(`cut behind frame ${frame}`);
      }
    },
    TIMEOUT,
  );

  it(
    'work again after two cuts within a second',
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const between = LONG ? Math.random() * 1_000 : (round * 1_000) / ROUNDS;
        proxy.cutNow();
        await pause(between);
        proxy.cutNow();
        await expectWorking(`two cuts, ${Math.round(between)} ms apart`);
      }
    },
    TIMEOUT,
  );
});

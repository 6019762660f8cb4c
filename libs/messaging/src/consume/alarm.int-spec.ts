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
import { Consume, ConsumerModule, MessagePublisher, newMessageId, PublisherModule } from '../index.js';

const broker = await ScratchBroker.create();
const queue = broker.queue(['100ms']);
const schema = z.object({ task: z.string() });
const BACKLOG = 50;

let failing = false;
let attempts = 0;

@Controller()
class TaskConsumer {
  constructor(@Inject(TransactionHost) private readonly transactions: TransactionHost) {}

  @Consume({ queue, schema })
  async onTask(@Payload() { task }: z.output<typeof schema>): Promise<void> {
    attempts += 1;
    await this.transactions.query('INSERT INTO effect (name) VALUES ($1)', [task]);
    if (failing) throw new Error('not now');
  }
}

describe('during an alarm of the broker', () => {
  let worker: ScratchWorker;
  let proxy: AmqpProxy;
  let publisher: MessagePublisher;

  const effects = async (): Promise<string[]> =>
    (await worker.postgres.execute<{ name: string }>('SELECT name FROM effect')).map(({ name }) => name);
  const publish = (task: string) =>
    publisher.publish(queue, { type: 'tests.task.v1', payload: { task }, messageId: newMessageId() });
  const sendFromElsewhere = (task: string) =>
    broker.send(queue.name, JSON.stringify({ task }), { messageId: newMessageId() });

  beforeAll(async () => {
    proxy = await AmqpProxy.before(broker.url);
    worker = await ScratchWorker.start({
      imports: [ConsumerModule, PublisherModule, RabbitMqModule.forFeature(queue)],
      controllers: [TaskConsumer],
      environment: {
        APP__RABBITMQ__URL: proxy.urlFor(broker.url),
        APP__RABBITMQ__CONFIRM_TIMEOUT: '500ms',
        APP__LIFECYCLE__CHECK_CACHE: '1ms',
      },
    });
    await worker.postgres.execute('CREATE TABLE effect (name text)');
    publisher = worker.app.get(MessagePublisher);
    await worker.consume();
    proxy.raiseAlarm('low on memory');
    await publish('the first of an alarm').catch(() => undefined);
  });
  afterAll(async () => {
    await worker.stop();
    await proxy.close();
    await broker.drop();
  });

  it('a publish is rejected at once, and the message is not sent', async () => {
    const started = performance.now();
    await expect(publish('refused')).rejects.toThrow('was not sent');
    expect(performance.now() - started).toBeLessThan(100);
  });

  it('the backlog is still consumed, and readiness shows the alarm as degraded', async () => {
    for (let index = 0; index < BACKLOG; index += 1) sendFromElsewhere(`backlog ${index}`);
    await eventually(async () => expect(await effects()).toHaveLength(BACKLOG + 1));
    const report = await worker.app.get(Readiness).dependencies();
    expect(report['rabbitmq_publishing']).toMatchObject({ status: 'down', needed: false });
    expect([report['rabbitmq']?.status, report['consumers']?.status]).toEqual(['up', 'up']);
  });

  it('a message whose retry cannot be published stays unacknowledged, and is tried again after the alarm', async () => {
    failing = true;
    attempts = 0;
    sendFromElsewhere('retried');
    await eventually(() => expect(attempts).toBe(1));
    failing = false;
    proxy.clearAlarm();
    await eventually(async () => expect(await effects()).toContain('retried'));
    expect(attempts).toBe(2);
    expect(await effects()).not.toContain('refused');
  });

  it('a shutdown ends within its time limit', async () => {
    proxy.raiseAlarm('low on disk space');
    await publish('one more').catch(() => undefined);
    const started = performance.now();
    await worker.app.close();
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

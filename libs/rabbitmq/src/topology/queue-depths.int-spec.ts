import { randomUUID } from 'node:crypto';
import { Metrics } from '@app/telemetry';
import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { given } from '../../../../test/support/apps/given.js';
import { MetricsPage } from '../../../../test/support/assertions/metrics-page.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ConfirmPublisher, deadLetterQueueOf, RabbitMqModule, SupervisedConsumers } from '../index.js';

describe('the queues of an app, in its metrics', () => {
  let broker: ScratchBroker;
  const apps: INestApplicationContext[] = [];

  beforeAll(async () => {
    broker = await ScratchBroker.create();
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
    await broker.drop();
  });

  const start = async (definition: ReturnType<ScratchBroker['queue']>) => {
    const app = await given
      .app('worker')
      .with(RabbitMqModule.forRoot(), RabbitMqModule.forFeature(definition))
      .configured({ APP__RABBITMQ__URL: broker.url })
      .start();
    apps.push(app);
    return app;
  };
  const pageOf = async (app: INestApplicationContext) =>
    new MetricsPage((await app.get(Metrics).expose()).body);

  it('show the ready messages and the consumers of each queue at the broker', async () => {
    const definition = broker.queue();
    const queue = definition.name;
    const first = await start(definition);
    const publisher = first.get(ConfirmPublisher);
    for (let count = 0; count < 3; count++)
      await publisher.publish({ queue, messageId: randomUUID(), content: Buffer.from('x') });
    const consumer = first.get(SupervisedConsumers).create({
      queue: deadLetterQueueOf(queue),
      prefetch: 1,
      limit: { maxSize: () => 1024, beyond: 'reject' },
      handle: async () => undefined,
    });
    await consumer.start();
    const other = await start(definition);
    await eventually(async () => {
      const page = await pageOf(other);
      expect(page.sum('amqp_queue_messages', { queue })).toBe(3);
      expect(page.sum('amqp_queue_consumers', { queue: deadLetterQueueOf(queue) })).toBe(1);
      const consumers = page.samples.find(
        ({ name, labels }) => name === 'amqp_queue_consumers' && labels['queue'] === queue,
      );
      expect(consumers?.value).toBe(0);
    });
    await consumer.cancel();
  });

  it('show each outcome of a publish as 0 before the first publish', async () => {
    const definition = broker.queue();
    const page = await pageOf(await start(definition));
    const outcomes = page.samples.filter(
      ({ name, labels }) => name === 'amqp_published_total' && labels['queue'] === definition.name,
    );
    expect(outcomes).toHaveLength(7);
    expect(new Set(outcomes.map(({ value }) => value))).toEqual(new Set([0]));
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestContext } from '@app/context';
import { TransactionHost } from '@app/postgres';
import { RabbitMqModule } from '@app/rabbitmq';
import { Metrics } from '@app/telemetry';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { MetricsPage } from '../../../../test/support/assertions/metrics-page.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { TcpProxy } from '../../../../test/support/network/tcp-proxy.js';
import { DelayedConsumer } from '../delayed/delayed.consumer.js';
import { EventOutbox, MessageContext, newMessageId, RelayModule } from '../index.js';
import { readMessage } from '../consume/incoming-message.js';

describe('an event in the outbox', () => {
  let broker: ScratchBroker;
  let proxy: TcpProxy;
  let worker: ScratchWorker;
  let outbox: EventOutbox;
  let transactions: TransactionHost;
  let queue: ReturnType<ScratchBroker['queue']>;

  const add = (payload: unknown) => outbox.add({ type: 'tests.happened.v1', queue, payload });
  const published = () =>
    eventually(async () => {
      const message = await broker.take(queue.name);
      if (!message) throw new Error('nothing was published');
      return message;
    });
  const waiting = () => worker.postgres.execute('SELECT id FROM outbox');

  beforeAll(async () => {
    broker = await ScratchBroker.create();
    queue = broker.queue();
    const { hostname, port, username, password } = new URL(broker.url);
    proxy = await TcpProxy.before({ host: hostname, port: Number(port) });
    worker = await ScratchWorker.start({
      imports: [RelayModule, RabbitMqModule.forFeature(queue)],
      environment: {
        APP__RABBITMQ__URL: `amqp://${username}:${password}@127.0.0.1:${proxy.port}`,
        APP__RABBITMQ__CONFIRM_TIMEOUT: '300ms',
        APP__MESSAGING__RELAY__SOURCES: '[]',
        APP__MESSAGING__RELAY__POLL_INTERVAL: '200ms',
        APP__MESSAGING__RELAY__MAX_BACK_OFF: '400ms',
      },
    });
    // The relay starts here. The test reads the queues itself, so no consumer is opened.
    await worker.app.listen(0, '127.0.0.1');
    outbox = worker.app.get(EventOutbox);
    transactions = worker.app.get(TransactionHost);
  });
  afterAll(async () => {
    await worker.stop();
    await proxy.close();
    await broker.drop();
  });

  it('is published when its transaction commits, with its id, its type and the context of the caller', async () => {
    const context = new RequestContext({ entry: 'grpc', operation: 'test', requestId: 'request-7' });
    const { messageId } = await context.run(() => transactions.run(() => add({ a: 1 })));
    const { content, properties } = await published();
    expect(JSON.parse(content.toString())).toEqual({ a: 1 });
    expect(properties).toMatchObject({
      messageId,
      type: 'tests.happened.v1',
      deliveryMode: 2,
      correlationId: 'request-7',
    });
    expect(properties.headers).toMatchObject({ 'x-attempt': 1, 'x-request-id': 'request-7' });
    expect(properties.headers?.['traceparent']).toContain(context.trace.traceId);
    await eventually(async () => expect(await waiting()).toEqual([]));
  });

  it('is not published when its transaction is rolled back', async () => {
    const failing = transactions.run(async () => {
      await add('never');
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await transactions.run(() => add('after'));
    expect((await published()).content.toString()).toBe('"after"');
  });

  it('is rejected outside a transaction', async () => {
    await expect(add('lost')).rejects.toThrow('outside a transaction');
  });

  it('keeps the order in which events were added', async () => {
    await transactions.run(async () => {
      for (let number = 1; number <= 20; number++) await add(number);
    });
    const order: unknown[] = [];
    while (order.length < 20) order.push(JSON.parse((await published()).content.toString()));
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('does not delay the others when its queue does not exist, and is kept', async () => {
    await transactions.run(async () => {
      await outbox.add({
        type: 'tests.lost.v1',
        queue: { ...queue, name: `${queue.name}.nowhere` },
        payload: 1,
      });
      await add('behind it');
    });
    expect((await published()).content.toString()).toBe('"behind it"');
    await eventually(async () => {
      const kept = await worker.postgres.execute('SELECT type FROM outbox WHERE due_at > now()');
      expect(kept).toEqual([{ type: 'tests.lost.v1' }]);
    });
    await worker.postgres.execute('TRUNCATE outbox');
  });

  it('waits while the broker is unavailable, and the metrics show it', async () => {
    proxy.cut();
    await transactions.run(() => add('patient'));
    const metrics = worker.app.get(Metrics);
    const source = worker.postgres.schema;
    const shown = async () => {
      const page = new MetricsPage((await metrics.expose()).body);
      expect(page.sum('outbox_backlog', { source })).toBe(1);
      expect(page.sum('outbox_lag_seconds', { source })).toBeGreaterThan(0);
    };
    await eventually(shown, { within: 10_000 });
    proxy.restore();
    expect((await published()).content.toString()).toBe('"patient"');
    await eventually(async () => expect(await waiting()).toEqual([]));
  });

  it('waits until it is due if it is a delayed message, and keeps its id', async () => {
    const messageId = newMessageId();
    const dueAt = Date.now() + 400;
    const delivery = {
      content: Buffer.from('"later"'),
      fields: {},
      properties: {
        messageId,
        type: 'tests.later.v1',
        headers: { 'x-target-queue': queue.name, 'x-due-at': dueAt },
      },
    };
    const context = new MessageContext([readMessage('scheduled', delivery as never)]);
    await worker.app.get(DelayedConsumer).store(context);
    const { properties } = await published();
    expect(Date.now()).toBeGreaterThanOrEqual(dueAt);
    expect(properties).toMatchObject({ messageId, type: 'tests.later.v1' });
    expect(properties.headers).not.toHaveProperty('x-due-at');
  });
});

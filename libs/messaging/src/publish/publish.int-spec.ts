import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { deadlineIn, RequestContext } from '@app/context';
import { Readiness } from '@app/lifecycle';
import { RabbitMqModule } from '@app/rabbitmq';
import type { INestApplicationContext } from '@nestjs/common';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { given } from '../../../../test/support/apps/given.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { TcpProxy } from '../../../../test/support/network/tcp-proxy.js';
import { MessagePublisher, PublisherModule } from '../index.js';

const POLICIES = {
  rabbitmq: { breaker: { minimum_calls: 3, half_open_after: '200ms' }, bulkhead: { queue: 0 } },
};

describe('publishing through the policy of the broker', () => {
  let app: INestApplicationContext;
  let broker: ScratchBroker;
  let proxy: TcpProxy;
  let publish: () => Promise<unknown>;

  beforeAll(async () => {
    broker = await ScratchBroker.create();
    const queue = broker.queue([]);
    const address = new URL(broker.url);
    proxy = await TcpProxy.before({ host: address.hostname, port: Number(address.port) });
    address.port = String(proxy.port);
    app = await given
      .app('gateway')
      .with(RabbitMqModule.forRoot({ needed: false }), RabbitMqModule.forFeature(queue), PublisherModule)
      .configured({
        APP__RABBITMQ__URL: address.href.replace('localhost', '127.0.0.1'),
        APP__RABBITMQ__CONFIRM_TIMEOUT: '250ms',
        APP__RESILIENCE__POLICIES: JSON.stringify(POLICIES),
      })
      .start();
    const publisher = app.get(MessagePublisher, { strict: false });
    publish = () => publisher.publish(queue, { type: 'tests.published.v1', payload: {} });
    await eventually(publish);
  });

  afterEach(() => proxy.restore());

  afterAll(async () => {
    await app.close();
    await proxy.close();
    await broker.drop();
  });

  const notes = async () => (await app.get(Readiness, { strict: false }).report()).notes;
  const reasonOf = (attempt: () => Promise<unknown>) =>
    attempt().then(
      () => 'published',
      (error: { reason?: string }) => error.reason,
    );

  it('keeps the circuit closed when the caller had too little time', async () => {
    proxy.stall();
    const hurried = () =>
      new RequestContext({ entry: 'http', operation: '/orders', deadline: deadlineIn(60) }).run(publish);
    for (let call = 0; call < 5; call++) expect(await reasonOf(hurried)).not.toBe('CIRCUIT_OPEN');
    expect(await notes()).toBeUndefined();
  });

  it('fails at once while the broker does not confirm, shows it in readiness, and recovers by itself', async () => {
    proxy.stall();
    expect(await reasonOf(publish)).toBe('OUTCOME_UNKNOWN');
    await eventually(async () => expect(await reasonOf(publish)).toBe('CIRCUIT_OPEN'));
    expect(await notes()).toEqual({ circuits: { rabbitmq: 'open' } });
    proxy.restore();
    await eventually(async () => expect(await reasonOf(publish)).toBe('published'), { within: 10_000 });
    expect(await notes()).toBeUndefined();
  });
});

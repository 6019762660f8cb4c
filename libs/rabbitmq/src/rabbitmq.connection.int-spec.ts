import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { ChannelModel } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { given } from '../../../test/support/apps/given.js';
import { ScratchBroker } from '../../../test/support/servers/scratch-broker.js';
import { TcpProxy } from '../../../test/support/network/tcp-proxy.js';
import { ConfirmPublisher, RabbitMqModule, Topology } from './index.js';

describe('a connection', () => {
  let broker: ScratchBroker;
  let proxy: TcpProxy;
  let app: INestApplicationContext;
  let queue: string;

  beforeAll(async () => {
    broker = await ScratchBroker.create();
    const { hostname, port, username, password } = new URL(broker.url);
    proxy = await TcpProxy.before({ host: hostname, port: Number(port) });
    const definition = broker.queue();
    queue = definition.name;
    app = await given
      .app('worker')
      .with(RabbitMqModule.forRoot(), RabbitMqModule.forFeature(definition))
      .configured({ APP__RABBITMQ__URL: `amqp://${username}:${password}@127.0.0.1:${proxy.port}` })
      .start();
  });
  afterAll(async () => {
    await app.close();
    await proxy.close();
    await broker.drop();
  });

  it('reconnects when it breaks while the topology is declared, and the process continues', async () => {
    const topology = app.get(Topology);
    const declare = topology.declareAll.bind(topology);
    const uncaught: unknown[] = [];
    let broken = 0;
    // The network fails each time the topology is declared.
    topology.declareAll = async (connection: ChannelModel) => {
      broken += 1;
      const closed = new Promise((resolve) => connection.once('close', resolve));
      const declaring = declare(connection);
      proxy.cut();
      await Promise.allSettled([declaring, closed]);
      return declaring;
    };
    const note = (error: unknown) => uncaught.push(error);
    process.on('uncaughtException', note);
    try {
      proxy.cut();
      proxy.restore();
      await eventually(() => expect(broken).toBe(1));
      await eventually(() => expect(proxy.connections).toBe(0));
      topology.declareAll = declare;
      proxy.restore();
      const message = { queue, messageId: randomUUID(), content: Buffer.from('after') };
      await app.get(ConfirmPublisher).publish(message);
      expect(uncaught).toEqual([]);
    } finally {
      process.off('uncaughtException', note);
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadlineIn, RequestContext } from '@app/context';
import type { AppError } from '@app/errors';
import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { given } from '../../../test/support/apps/given.js';
import { ScratchBroker } from '../../../test/support/servers/scratch-broker.js';
import { TcpProxy } from '../../../test/support/network/tcp-proxy.js';
import { ConfirmPublisher, RabbitMqModule } from './index.js';
import { brokerQueuesOf } from './topology/queue-arguments.js';

describe('a publish', () => {
  let broker: ScratchBroker;
  let proxy: TcpProxy;
  let app: INestApplicationContext;
  let publisher: ConfirmPublisher;
  let queue: string;

  const message = (text: string) => ({ queue, messageId: randomUUID(), content: Buffer.from(text) });
  const received = async () => {
    const texts: string[] = [];
    for (let next = await broker.take(queue); next; next = await broker.take(queue))
      texts.push(next.content.toString());
    return texts;
  };

  beforeAll(async () => {
    broker = await ScratchBroker.create();
    const { hostname, port, username, password } = new URL(broker.url);
    proxy = await TcpProxy.before({ host: hostname, port: Number(port) });
    const definition = broker.queue();
    queue = definition.name;
    app = await given
      .app('worker')
      .with(RabbitMqModule.forRoot(), RabbitMqModule.forFeature(definition))
      .configured({
        APP__RABBITMQ__URL: `amqp://${username}:${password}@127.0.0.1:${proxy.port}`,
        APP__RABBITMQ__MAX_IN_FLIGHT: '2',
      })
      .start();
    publisher = app.get(ConfirmPublisher);
  });
  afterAll(async () => {
    await app.close();
    await proxy.close();
    await broker.drop();
  });

  it('resolves when the broker has the message, and keeps the order of the calls', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => publisher.publish(message(text))));
    expect(await received()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('fails for a queue that does not exist, while other messages succeed', async () => {
    const nowhere = { ...message('lost'), queue: `${queue}.nowhere` };
    const outcomes = await Promise.allSettled([
      publisher.publish(message('x')),
      publisher.publish(nowhere),
      publisher.publish(message('y')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(publisher.publish(nowhere)).rejects.toHaveReason('QUEUE_NOT_FOUND');
    expect(await received()).toEqual(['x', 'y']);
  });

  it('fails for an exchange that does not exist, while others succeed, and the broker closes the channel', async () => {
    const nowhere = { ...message('lost'), exchange: `${queue}.nowhere` };
    const calls = ['a', 'b', 'c'].flatMap((text) => [
      publisher.publish(nowhere),
      publisher.publish(message(text)),
    ]);
    const outcomes = await Promise.allSettled(calls);
    const reasons = outcomes.map((outcome) => 'reason' in outcome && (outcome.reason as AppError).reason);
    expect(reasons).toEqual(Array.from({ length: 3 }, () => ['QUEUE_NOT_FOUND', false]).flat());
    expect(new Set(await received())).toEqual(new Set(['a', 'b', 'c']));
  });

  it('waits for a reconnect', async () => {
    proxy.cut();
    const publishing = publisher.publish(message('patient'));
    proxy.restore();
    await publishing;
    expect(await received()).toEqual(['patient']);
  });

  it('is sent again when the connection is lost before its confirm', async () => {
    await publisher.publish(message('first'));
    proxy.stall();
    const publishing = publisher.publish(message('second'));
    proxy.cut();
    proxy.restore();
    await publishing;
    await eventually(async () => expect(await received()).toContain('second'));
  });

  it('is cancelled when its caller aborts it', async () => {
    proxy.cut();
    const caller = new AbortController();
    const unwanted = publisher.publish(message('unwanted'), { signal: caller.signal });
    caller.abort();
    // It is written to a connection that is broken, which the client cannot detect yet.
    await expect(unwanted).rejects.toHaveReason('OUTCOME_UNKNOWN');
    await expect(publisher.publish(message('late'), { signal: caller.signal })).rejects.toHaveReason(
      'UPSTREAM_UNAVAILABLE',
    );
    proxy.restore();
    await publisher.publish(message('wanted'));
    expect(await received()).toEqual(['wanted']);
  });

  it('has an unknown outcome when it was sent and not confirmed, and its error has the message id', async () => {
    await publisher.publish(message('first'));
    proxy.stall('replies');
    const context = new RequestContext({ entry: 'http', operation: 'test', deadline: deadlineIn(200) });
    const lost = message('perhaps');
    const error = await context.run(() => publisher.publish(lost)).catch((thrown: AppError) => thrown);
    expect(error).toMatchObject({
      reason: 'OUTCOME_UNKNOWN',
      status: { http: 503 },
      details: { queue, message_id: lost.messageId, outcome: 'unknown' },
    });
    proxy.cut();
    proxy.restore();
    await eventually(async () => expect(await received()).toContain('perhaps'));
  });

  it('has the outcome refused when it was not sent because there was no connection', async () => {
    proxy.cut();
    const hurried = () => new RequestContext({ entry: 'http', operation: 'test', deadline: deadlineIn(100) });
    await eventually(async () => {
      const sending = hurried().run(() => publisher.publish(message('never')));
      await expect(sending).rejects.toMatchObject({ reason: 'UPSTREAM_UNAVAILABLE', outcome: 'refused' });
    });
    proxy.restore();
    await publisher.publish(message('last'));
    expect(await received()).toEqual(['last']);
  });

  it('fails after its timeout, and frees its place in the queue', async () => {
    proxy.cut();
    const context = new RequestContext({ entry: 'http', operation: 'test', deadline: deadlineIn(100) });
    const late = [1, 2, 3].map(() => context.run(() => publisher.publish(message('late'))));
    for (const each of late) await expect(each).rejects.toMatchObject({ status: { http: 503 } });
    proxy.restore();
    await publisher.publish(message('in time'));
    expect(await received()).toEqual(['in time']);
  });
});

describe('the topology', () => {
  it('makes the start fail when the broker has a queue with other arguments, and explains it', async () => {
    const broker = await ScratchBroker.create();
    const definition = broker.queue(['100ms']);
    const first = await given
      .app('worker')
      .with(RabbitMqModule.forRoot(), RabbitMqModule.forFeature(definition))
      .start();
    await first.close();
    const [retryQueue] = brokerQueuesOf(definition).filter(({ name }) => name.endsWith('.retry.100ms'));
    await broker.redeclare(`${definition.name}.retry.100ms`, {
      ...retryQueue?.arguments,
      'x-message-ttl': 999,
    });
    const second = given
      .app('worker')
      .with(RabbitMqModule.forRoot(), RabbitMqModule.forFeature(definition))
      .start();
    await expect(second).rejects.toThrow(
      /retry\.100ms" has x-message-ttl = 999, but the code says 100\. .*delete it/,
    );
    await broker.drop();
  });
});

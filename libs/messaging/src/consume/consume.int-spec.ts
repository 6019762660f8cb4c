import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, CancelledError, Status } from '@app/errors';
import { Lifecycle, Readiness } from '@app/lifecycle';
import { TransactionHost } from '@app/postgres';
import { RabbitMqModule } from '@app/rabbitmq';
import { Metrics } from '@app/telemetry';
import { Controller, Inject, UseGuards } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { z } from 'zod';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { TcpProxy } from '../../../../test/support/network/tcp-proxy.js';
import {
  AmqpServer,
  Consume,
  ConsumerModule,
  MessageContext,
  MessagePublisher,
  newMessageId,
  PublisherModule,
} from '../index.js';

const broker = await ScratchBroker.create();
const queue = broker.queue();
const schema = z.object({ task: z.string() });

/** Fails as a test sets it; the row that it writes is its effect. */
let behave: (attempt: number) => Promise<void> | void = () => undefined;
const attempts: { attempt: number; at: number }[] = [];

class Gate {
  canActivate(): boolean {
    return true;
  }
}

@Controller()
class TaskConsumer {
  constructor(@Inject(TransactionHost) private readonly transactions: TransactionHost) {}

  @Consume({ queue, schema, deadline: '500ms' })
  @UseGuards(Gate)
  async onTask(
    @Payload() { task }: z.output<typeof schema>,
    @Ctx() { message }: MessageContext,
  ): Promise<void> {
    attempts.push({ attempt: message.attempt, at: performance.now() });
    await this.transactions.query('INSERT INTO effect (name) VALUES ($1)', [task]);
    await behave(message.attempt);
  }
}

describe('a consumer', () => {
  let worker: ScratchWorker;
  let proxy: TcpProxy;
  let publisher: MessagePublisher;

  const effects = async () =>
    (await worker.postgres.execute<{ name: string }>('SELECT name FROM effect ORDER BY name')).map(
      ({ name }) => name,
    );
  const letters = () =>
    worker.postgres.execute<{
      reason: string;
      attempts: number;
      errors: { reason: string; details?: unknown }[];
    }>('SELECT reason, attempts, errors FROM dead_letter');
  const counted = async (outcome: string) => {
    const { body } = await worker.app.get(Metrics).expose();
    const line = body
      .split('\n')
      .find((text) => text.startsWith('amqp_consumed_total') && text.includes(`"${outcome}"`));
    return Number(line?.split(' ').at(-1));
  };
  const database = () => worker.app.get(TransactionHost);
  const answeredBy = (upstream: string) =>
    new AppError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      message: 'away',
      details: { upstream },
    });
  const publish = (task: unknown, messageId = newMessageId()) =>
    publisher.publish(queue, { type: 'tests.task.v1', payload: { task }, messageId });

  beforeAll(async () => {
    const { hostname, port, username, password } = new URL(broker.url);
    proxy = await TcpProxy.before({ host: hostname, port: Number(port) });
    worker = await ScratchWorker.start({
      imports: [ConsumerModule, PublisherModule, RabbitMqModule.forFeature(queue)],
      controllers: [TaskConsumer],
      environment: {
        APP__RABBITMQ__URL: `amqp://${username}:${password}@127.0.0.1:${proxy.port}`,
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
  beforeEach(async () => {
    behave = () => undefined;
    attempts.length = 0;
    await worker.postgres.empty('effect', 'inbox', 'dead_letter');
  });

  it('runs the handler of an accepted message', async () => {
    await publish('write');
    await eventually(async () => expect(await effects()).toEqual(['write']));
  });

  it('gives a redelivered message no second effect', async () => {
    const id = newMessageId();
    await publish('once', id);
    await publish('once', id);
    await eventually(async () => expect(await counted('duplicate')).toBe(1));
    expect(await effects()).toEqual(['once']);
  });

  it('retries a message up the ladder, and rolls back the failed attempts', async () => {
    behave = (attempt) => {
      if (attempt < 3) throw new Error(`attempt ${attempt}`);
    };
    await publish('stubborn');
    await eventually(async () => expect(await effects()).toEqual(['stubborn']));
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const [first = 0, second = 0, third = 0] = attempts.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(100);
    expect(third - second).toBeGreaterThanOrEqual(200);
  });

  it('makes a message whose every attempt failed a dead letter, with its history', async () => {
    behave = () => {
      throw new Error('no luck');
    };
    await publish('doomed');
    await eventually(async () => expect(await letters()).toHaveLength(1));
    const [letter] = await letters();
    expect(letter).toMatchObject({ reason: 'Error', attempts: 3 });
    expect(letter?.errors).toHaveLength(3);
    expect(await effects()).toEqual([]);
  });

  it.each([
    [
      'the database is read-only',
      () => database().query("SET TRANSACTION READ ONLY; INSERT INTO effect VALUES ('x')"),
    ],
    [
      'the database closes its connection',
      () => database().query('SELECT pg_terminate_backend(pg_backend_pid())'),
    ],
    ['Redis is unavailable', () => Promise.reject(answeredBy('redis'))],
  ])('counts no attempt for as long as %s', async (_, outage) => {
    behave = async () => {
      if (attempts.length < 5) await outage();
    };
    await publish('patient');
    await eventually(async () => expect(await effects()).toEqual(['patient']));
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1]);
    expect(await letters()).toEqual([]);
  });

  it('does not retry a message after a final error', async () => {
    behave = () => {
      throw CancelledError.of('The task');
    };
    await publish('final');
    await eventually(async () =>
      expect(await letters()).toMatchObject([{ reason: 'CANCELLED', attempts: 1 }]),
    );
    expect(attempts).toHaveLength(1);
  });

  it('rejects an invalid payload at once and reports what is wrong with it', async () => {
    await publish(7);
    await eventually(async () =>
      expect(await letters()).toMatchObject([{ reason: 'VALIDATION_FAILED', attempts: 1 }]),
    );
    const [letter] = await letters();
    expect(letter?.errors[0]?.details).toMatchObject({ issues: [{ path: 'task' }] });
    expect(attempts).toHaveLength(0);
  });

  it.each([
    ['without an id', '{"task":"x"}', {}],
    ['that is not JSON', 'garbage', { messageId: newMessageId() }],
  ])('survives a message %s', async (_case, content, options) => {
    broker.send(queue.name, content, options);
    await eventually(async () => expect(await letters()).toMatchObject([{ reason: 'MALFORMED_MESSAGE' }]));
    await publish('next');
    await eventually(async () => expect(await effects()).toEqual(['next']));
  });

  it('does not trust the headers of a message', async () => {
    const headers = { 'x-attempt': 'many', 'x-failures': '{', 'x-request-id': { a: 1 }, traceparent: 'x' };
    broker.send(queue.name, '{"task":"forged"}', { messageId: newMessageId(), headers });
    await eventually(async () => expect(await effects()).toEqual(['forged']));
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1]);
  });

  it('cuts off a handler that hangs, and rolls back its writes', async () => {
    behave = (attempt) => (attempt === 1 ? new Promise(() => undefined) : undefined);
    await publish('slow');
    await eventually(async () => expect(await effects()).toEqual(['slow']));
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('consumes again after the network was cut, and is not ready meanwhile', async () => {
    const readiness = worker.app.get(Readiness);
    const up = async () =>
      Object.entries(await readiness.dependencies())
        .filter(([, { status }]) => status === 'up')
        .map(([name]) => name);
    proxy.cut();
    await eventually(async () => expect(await up()).not.toContain('rabbitmq'));
    expect(await up()).not.toContain('consumers');
    proxy.restore();
    await publish('after the cut');
    await eventually(async () => expect(await effects()).toEqual(['after the cut']));
    await eventually(async () =>
      expect(await up()).toEqual(expect.arrayContaining(['rabbitmq', 'consumers'])),
    );
  });

  it('receives a message again when the connection is lost before its acknowledgement', async () => {
    const duplicates = (await counted('duplicate')) || 0;
    const gate = Promise.withResolvers<void>();
    behave = () => gate.promise;
    await publish('interrupted');
    await eventually(() => expect(attempts).toHaveLength(1));
    proxy.cut();
    proxy.restore();
    gate.resolve();
    await eventually(async () => expect(await counted('duplicate')).toBe(duplicates + 1), { within: 10_000 });
    expect(await effects()).toEqual(['interrupted']);
  });

  it('consumes again after the broker has cancelled it because its queue was deleted', async () => {
    await broker.delete(queue.name);
    await eventually(async () => {
      await publish('new queue');
      expect(await effects()).not.toHaveLength(0);
    });
  });

  it('rejects a second handler for its queue', () => {
    const server = worker.app.get(AmqpServer);
    expect(() => server.addHandler(queue.name, async () => undefined, true, { consume: { queue } })).toThrow(
      'Two handlers',
    );
  });

  it('finishes the messages in flight before it stops, and leaves the rest in the queue', async () => {
    const gate = Promise.withResolvers<void>();
    behave = () => gate.promise;
    await publish('begun');
    await eventually(() => expect(attempts).toHaveLength(1));
    const draining = Promise.withResolvers<void>();
    worker.app.get(Lifecycle).register({ name: 'this test', drain: async () => draining.resolve() });
    const stopping = worker.app.close();
    await draining.promise;
    broker.send(queue.name, '{"task":"too late"}', { messageId: newMessageId() });
    gate.resolve();
    await stopping;
    expect(await effects()).toEqual(['begun']);
    const left = await broker.take(queue.name);
    expect(left?.content.toString()).toBe('{"task":"too late"}');
    expect(await broker.take(queue.name)).toBeUndefined();
  });
});

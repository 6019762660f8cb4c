import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigHandle } from '@app/config';
import { remainingMs, RequestContext } from '@app/context';
import { defineQueue, type QueueDefinition } from '@app/contracts';
import { Lifecycle, type Readiness } from '@app/lifecycle';
import type { TransactionHost } from '@app/postgres';
import type { ConsumerOptions, Delivery, SupervisedConsumers, Topology } from '@app/rabbitmq';
import { Metrics, NoSpans } from '@app/telemetry';
import { Logger } from '@nestjs/common';
import { MetricsPage } from '../../../../test/support/assertions/metrics-page.js';
import type { HandlerStarts } from '../inbox/handler-starts.js';
import { Inbox } from '../inbox/inbox.js';
import { newMessageId } from '../message-id.js';
import type { MessagingConfig } from '../messaging.config.js';
import { MessagingMetrics } from '../messaging.metrics.js';
import { AmqpServer } from './amqp.server.js';
import type { ConsumeOptions } from './consume.decorator.js';
import type { DeadLetterConsumer } from './dead-letter.consumer.js';
import type { FailureRouter } from './failure.router.js';

const queue = defineQueue({ name: 'q', retry: ['1s'] });
const batch = { size: 100, wait: '1ms' };
const CONFIG = { concurrency: 10, handlerTimeout: 30_000, maxMessageSize: 1_000 };
const TRACE = '0af7651916cd43dd8448eb211c80319c';

describe('a handler of messages', () => {
  let config: ConfigHandle<MessagingConfig>;
  let metrics: Metrics;
  let consumers: ConsumerOptions[];
  let routed: QueueDefinition[];
  let declared: QueueDefinition[];
  let quarantined: number;
  /** How long each claim of an inbox row may take, in milliseconds. */
  let claims: number[];

  /** Starts the consumers of a handler, and returns a function that delivers a message to the first of them. */
  async function serve(
    options: Partial<ConsumeOptions>,
    handler: () => Promise<void> = () => Promise.resolve(),
  ): Promise<(headers?: object) => Promise<void>> {
    const create = (consumer: ConsumerOptions) => {
      consumers.push(consumer);
      return { start: () => Promise.resolve() };
    };
    const route = (to: QueueDefinition) => Promise.resolve(routed.push(to)).then(() => 'retried');
    const quarantine = () => Promise.resolve((quarantined += 1));
    const query = (_sql: string, [claimed]: [string]) => {
      claims.push(remainingMs(RequestContext.current()?.deadline));
      return Promise.resolve([{ claimed: [claimed].flat(), settled: null }]);
    };
    const server = new AmqpServer(
      config,
      { create } as unknown as SupervisedConsumers,
      { add: (added: QueueDefinition) => declared.push(added) } as unknown as Topology,
      new Inbox({ query, run: (work: () => unknown) => work() } as unknown as TransactionHost),
      { route, quarantine } as unknown as FailureRouter,
      // A handler began on each message once and never ended.
      { begin: () => Promise.resolve(1), end: () => Promise.resolve() } as unknown as HandlerStarts,
      undefined as unknown as DeadLetterConsumer,
      new MessagingMetrics(metrics),
      new NoSpans(),
      new Lifecycle(),
      { register: () => undefined } as unknown as Readiness,
    );
    server.addHandler(queue.name, handler, true, { consume: { queue, ...options } });
    await server.listen(() => undefined);
    return async (headers = {}) => {
      const properties = { messageId: newMessageId(), headers };
      await consumers[0]?.handle({ content: Buffer.from('1'), properties } as unknown as Delivery);
    };
  }

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    config = new ConfigHandle(CONFIG as MessagingConfig);
    metrics = new Metrics(new NoSpans());
    [consumers, routed, declared, claims, quarantined] = [[], [], [], [], 0];
  });

  it.each<[Partial<ConsumeOptions>, number]>([
    [{}, 10],
    [{ concurrency: 3 }, 3],
    [{ batch }, 100],
    [{ batch, concurrency: 3 }, 300],
    [{ batch, concurrency: 1_000 }, 65_535],
  ])('with %j holds at most %d messages, one in quarantine, and 10 dead letters', async (options, held) => {
    await serve(options);
    expect(consumers.map((consumer) => [consumer.queue, consumer.prefetch])).toEqual([
      ['q', held],
      ['q.quarantine', 1],
      ['q.dead', 10],
    ]);
  });

  it('rejects and counts a message that is too large without reading it, and keeps such a dead letter', async () => {
    await serve({});
    for (const { limit } of consumers) limit.onBeyond?.();
    expect(consumers.map(({ limit }) => [limit.beyond, limit.maxSize()])).toEqual([
      ['reject', 1_000],
      ['reject', 1_000],
      ['keep', 1_000],
    ]);
    const page = new MetricsPage((await metrics.expose()).body);
    expect(page.sum('amqp_consumed_total', { queue: 'q', outcome: 'too_large' })).toBe(2);
  });

  it.each<[string, Partial<ConsumeOptions>, object, number]>([
    ['messaging.handler_timeout', {}, {}, 30_000],
    ['its own deadline', { deadline: '10s' }, {}, 10_000],
    ['the least time for an attempt', { deadline: '10s' }, { minHandlerTimeout: 600_000 }, 600_000],
    ['a time that was changed while it runs', {}, { handlerTimeout: 50_000 }, 50_000],
  ])('has %s', async (_what, options, change, expected) => {
    let remaining = 0;
    const deliver = await serve(options, async () => {
      remaining = remainingMs(RequestContext.current()?.deadline);
      return Promise.resolve();
    });
    config.replace({ ...config.current, ...change });
    await deliver();
    expect(remaining).toBeLessThanOrEqual(expected);
    expect(remaining).toBeGreaterThan(expected - 5_000);
  });

  it('has the request id and the trace of the message', async () => {
    let context: RequestContext | undefined;
    const deliver = await serve({}, async () => {
      context = RequestContext.current();
      return Promise.resolve();
    });
    await deliver({ 'x-request-id': 'request-7', traceparent: `00-${TRACE}-b7ad6b7169203331-01` });
    expect(context).toMatchObject({ requestId: 'request-7', entry: 'amqp' });
    expect(context?.trace.traceId).toBe(TRACE);
  });

  it.each<[Partial<ConsumeOptions>, 'done' | 'retried']>([
    [{}, 'done'],
    [{}, 'retried'],
    [{ batch }, 'done'],
    [{ batch }, 'retried'],
  ])('with %j is measured and counted when its message is %s', async (options, outcome) => {
    const bug = () => Promise.reject(new Error('the bug'));
    const deliver = await serve(options, outcome === 'done' ? undefined : bug);
    await deliver();
    const page = new MetricsPage((await metrics.expose()).body);
    expect(page.sum('amqp_consumed_total', { queue: 'q', outcome })).toBe(1);
    expect(page.sum('amqp_consumed_total')).toBe(1);
    expect(page.sum('amqp_handler_duration_seconds_count', { queue: 'q' })).toBe(1);
    expect(page.sum('amqp_handler_duration_seconds_sum', { queue: 'q' })).toBeGreaterThan(0);
  });

  it.each([
    ['its queue', {}, ['1s']],
    ['the handler', { retry: ['7s', '9s'] as const }, ['7s', '9s']],
  ])('fails up the ladder of %s', async (_whose, options, retry) => {
    const deliver = await serve(options, () => Promise.reject(new Error('the bug')));
    await deliver();
    expect([...declared, ...routed].map((each) => each.retry)).toEqual([retry, retry]);
  });

  it.each<[Partial<ConsumeOptions>, number]>([
    [{}, 1],
    [{ inbox: false }, 0],
    [{ batch }, 1],
    [{ batch, inbox: false }, 0],
  ])('with %j runs once, with %d inbox rows', async (options, expected) => {
    let calls = 0;
    const deliver = await serve(options, () => Promise.resolve(void (calls += 1)));
    await deliver();
    expect([calls, claims.length]).toEqual([1, expected]);
  });

  it('waits for another delivery for the time of one attempt, and then has the same time', async () => {
    let remaining = 0;
    const deliver = await serve({}, async () => {
      remaining = remainingMs(RequestContext.current()?.deadline);
      return Promise.resolve();
    });
    await deliver();
    for (const time of [...claims, remaining]) {
      expect(time).toBeLessThanOrEqual(30_000);
      expect(time).toBeGreaterThan(25_000);
    }
  });

  it.each([
    [1, 0],
    [2, 1],
  ])('that never ended, with %d deliveries: %d in quarantine', async (deliveries, expected) => {
    const deliver = await serve({});
    await deliver({ 'x-delivery-count': deliveries });
    expect([quarantined, claims.length]).toEqual([expected, 1 - expected]);
  });
});

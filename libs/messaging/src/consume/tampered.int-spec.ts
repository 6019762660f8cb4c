import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TransactionHost } from '@app/postgres';
import { deadLetterQueueOf, quarantineOf, RabbitMqModule, retryQueueOf } from '@app/rabbitmq';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Options } from 'amqplib';
import { z } from 'zod';
import { gzipSync } from 'node:zlib';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { scheduledQueue } from '../delayed/scheduled.queue.js';
import { Consume, ConsumerModule, MessageContext, newMessageId } from '../index.js';
import { DelayedConsumer } from '../delayed/delayed.consumer.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { readMessage } from './incoming-message.js';

const broker = await ScratchBroker.create();
const queue = broker.queue(['100ms']);
const bystander = broker.queue([]);
const schema = z.object({ task: z.string() });
const attempts: number[] = [];

@Controller()
class TaskConsumer {
  constructor(@Inject(TransactionHost) private readonly transactions: TransactionHost) {}

  @Consume({ queue, schema })
  async onTask(
    @Payload() { task }: z.output<typeof schema>,
    @Ctx() { message }: MessageContext,
  ): Promise<void> {
    attempts.push(message.attempt);
    if (task === 'fail') throw new Error('as requested');
    await this.transactions.query('INSERT INTO effect (name) VALUES ($1)', [task]);
  }
}

const nested = (depth: number): unknown => (depth === 0 ? 'x' : { a: nested(depth - 1) });
const flood = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`h${index}`, 'x'.repeat(50)]));
const history = (entry: object) => JSON.stringify([entry]);
const failing = '{"task":"fail"}';

/** Messages that an untrusted publisher may send, and the expected reason of their dead letter. */
const FORGED: [name: string, content: string | Buffer, options: Options.Publish, reason: string][] = [
  ['without an id', '{"task":"x"}', { messageId: '' }, 'MALFORMED_MESSAGE'],
  ['with an id of 255 letters', '{"task":"x"}', { messageId: 'i'.repeat(255) }, 'MALFORMED_MESSAGE'],
  ['with control characters for an id', '{"task":"x"}', { messageId: '\0\n' }, 'MALFORMED_MESSAGE'],
  ['of 1 MiB of garbage', Buffer.alloc(1 << 20, 0xff), {}, 'MALFORMED_MESSAGE'],
  ['of deep JSON', '['.repeat(100_000) + ']'.repeat(100_000), {}, 'VALIDATION_FAILED'],
  ['without content', '', {}, 'MALFORMED_MESSAGE'],
  ['with too many headers', failing, { headers: flood }, 'Error'],
  ['with nested headers', failing, { headers: { deep: nested(300) } }, 'Error'],
  ['with a nested attempt', failing, { headers: { 'x-attempt': nested(300) } }, 'Error'],
  ['with a negative attempt', failing, { headers: { 'x-attempt': -5 } }, 'Error'],
  ['with a huge attempt', failing, { headers: { 'x-attempt': 1e300 } }, 'Error'],
  ['with an attempt that is not a number', failing, { headers: { 'x-attempt': 'NaN' } }, 'Error'],
  [
    'with a number that AMQP cannot write',
    failing,
    { headers: { n: { '!': 'double', value: -1e300 } } },
    'Error',
  ],
  ['with bytes in its headers', failing, { headers: { b: Buffer.alloc(5_000, 0xff) } }, 'Error'],
  ['with control characters in its type', failing, { type: '\u0007\0'.repeat(100) }, 'MALFORMED_MESSAGE'],
  ['with a correlation id that has a NUL', failing, { correlationId: nul('c') }, 'MALFORMED_MESSAGE'],
  ['with a NUL in a header', failing, { headers: { t: nul('t') } }, 'MALFORMED_MESSAGE'],
  ['with a NUL in the name of a header', failing, { headers: { [nul('t')]: 1 } }, 'MALFORMED_MESSAGE'],
  ['with a NUL deep in its headers', failing, { headers: { a: [{ b: nul('t') }] } }, 'MALFORMED_MESSAGE'],
  ['with headers that were not UTF-8', failing, { headers: { t: '\ufffd' } }, 'MALFORMED_MESSAGE'],
  ['in Latin-1', Buffer.from('{"task":"\xe9"}', 'latin1'), {}, 'MALFORMED_MESSAGE'],
  ['in UTF-16', Buffer.from('\ufeff{"task":"x"}', 'utf16le'), {}, 'MALFORMED_MESSAGE'],
  ['with a NUL in its content', String.raw`{"task":"\u0000"}`, {}, 'VALIDATION_FAILED'],
  ['with a lone surrogate in its content', String.raw`{"task":"\ud800"}`, {}, 'VALIDATION_FAILED'],
  ['with __proto__', '{"task":"x","__proto__":{"task":"y"}}', {}, 'MALFORMED_MESSAGE'],
  ['that is compressed', gzipSync(failing), { contentEncoding: 'gzip' }, 'UNSUPPORTED_MEDIA_TYPE'],
  [
    'in an unsupported charset',
    failing,
    { contentType: 'application/json; charset=latin1' },
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    'that states UTF-8 twice',
    failing,
    { contentType: 'text/json; charset=utf-8', contentEncoding: 'utf-8' },
    'Error',
  ],
  ['with a type beyond ASCII', failing, { type: 'tâche.v1', correlationId: '€' }, 'Error'],
  ['with a forged x-death', failing, { headers: { 'x-death': [{ reason: 7, count: -1 }] } }, 'Error'],
  [
    'with a history from the year 275760',
    failing,
    { headers: { 'x-failures': history({ reason: 'R\0', at: '+275760-01-01T00:00:00Z', attempt: -1 }) } },
    'Error',
  ],
  [
    'with lone surrogates in its history',
    failing,
    { headers: { 'x-failures': history({ reason: '\ud800', at: '2026-01-01', details: { a: '\ud800' } }) } },
    'Error',
  ],
  [
    'with a very long history',
    failing,
    {
      headers: {
        'x-failures': history({ reason: 'R', at: '2026-01-01', message: '\u{20ac}'.repeat(15_000) }),
      },
    },
    'Error',
  ],
];

function nul(text: string): string {
  return `${text}\0${text}`;
}

describe('a message of an untrusted publisher', () => {
  let worker: ScratchWorker;

  const letters = () =>
    worker.postgres.execute<{ message_id: string; reason: string }>(
      'SELECT message_id, reason FROM dead_letter',
    );
  const effects = () => worker.postgres.execute<{ name: string }>('SELECT name FROM effect');
  const send = (to: string, content: string | Buffer, options: Options.Publish = {}) =>
    broker.send(to, content, { messageId: newMessageId(), ...options });
  const consumesOn = async () => {
    send(queue.name, '{"task":"innocent"}');
    await eventually(async () => expect(await effects()).toEqual([{ name: 'innocent' }]));
  };

  beforeAll(async () => {
    worker = await ScratchWorker.start({
      imports: [ConsumerModule, OutboxModule, RabbitMqModule.forFeature(queue, bystander)],
      controllers: [TaskConsumer],
      providers: [DelayedConsumer],
    });
    await worker.postgres.execute('CREATE TABLE effect (name text)');
    await worker.consume();
  });
  afterAll(async () => {
    await worker.stop();
    await broker.drop();
  });
  beforeEach(async () => {
    attempts.length = 0;
    await worker.postgres.empty('effect', 'inbox', 'dead_letter', 'outbox');
  });

  it.each(FORGED)('%s becomes one dead letter with a reason', async (_name, content, options, reason) => {
    send(queue.name, content, options);
    await eventually(async () => expect(await letters()).toMatchObject([{ reason }]));
    await consumesOn();
    expect(attempts.every((attempt) => attempt >= 1 && attempt <= 100)).toBe(true);
  });

  it.each([
    ['quarantine', quarantineOf(queue.name)],
    ['retry', retryQueueOf(queue.name, '100ms')],
    ['dead-letter', deadLetterQueueOf(queue.name)],
  ])('that arrives in the %s queue becomes one, too', async (_kind, name) => {
    send(name, 'garbage', {
      messageId: 'nobody',
      headers: { 'x-attempt': nested(50), 'x-failures': '[{}]' },
    });
    await eventually(async () => expect(await letters()).toHaveLength(1));
    await consumesOn();
  });

  it('with thousands of nested headers does not close the connection', async () => {
    await broker.sendNestedHeaders(queue.name, newMessageId(), 6_000);
    await eventually(async () => expect(await letters()).toMatchObject([{ reason: 'MALFORMED_MESSAGE' }]));
    await consumesOn();
  });

  it('without an id receives the same id each time it is read', () => {
    const read = (deliveries: number, content = 'x') =>
      readMessage('q', {
        content: Buffer.from(content),
        fields: {},
        properties: { headers: { a: nested(20), 'x-delivery-count': deliveries } },
      } as never).id;
    expect(read(1)).toBe(read(2));
    expect(read(1)).not.toBe(read(1, 'y'));
    expect(read(1)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('without an id is still rejected after quarantine', async () => {
    send(queue.name, '{"task":"x"}', { messageId: 'nobody', headers: { 'x-delivery-count': 2 } });
    await eventually(async () => expect(await letters()).toMatchObject([{ reason: 'MALFORMED_MESSAGE' }]));
    expect(await effects()).toEqual([]);
  });

  it.each<[string, Options.Publish, string]>([
    ['a property', { correlationId: nul('c') }, 'MALFORMED_MESSAGE'],
    ['its content encoding', { contentEncoding: 'gzip' }, 'UNSUPPORTED_MEDIA_TYPE'],
  ])('is still rejected for %s after quarantine', async (_what, options, reason) => {
    send(queue.name, '{"task":"x"}', { ...options, headers: { 'x-delivery-count': 2 } });
    await eventually(async () => expect(await letters()).toMatchObject([{ reason }]));
    expect(await effects()).toEqual([]);
  });

  it('is not copied to other queues each time it fails', async () => {
    send(queue.name, failing, { CC: bystander.name });
    await eventually(async () => expect(await letters()).toHaveLength(1));
    expect(await broker.take(bystander.name)).toBeDefined();
    expect(await broker.take(bystander.name)).toBeUndefined();
  });

  it.each([
    ['itself', scheduledQueue.name, 'UNKNOWN_TARGET'],
    ['a dead-letter queue', deadLetterQueueOf(queue.name), 'UNKNOWN_TARGET'],
    ['an unknown queue', 'amq.gen-x', 'UNKNOWN_TARGET'],
    ['nothing', undefined, 'MALFORMED_MESSAGE'],
  ])('with a delay is rejected when its target is %s', async (_case, target, reason) => {
    const message = readMessage(scheduledQueue.name, {
      content: Buffer.from('1'),
      fields: {},
      properties: { messageId: newMessageId(), headers: { 'x-target-queue': target, 'x-due-at': 1 } },
    } as never);
    const storing = worker.app.get(DelayedConsumer).store(new MessageContext([message]));
    await expect(storing).rejects.toHaveReason(reason);
  });
});

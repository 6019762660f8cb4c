import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TransactionHost } from '@app/postgres';
import { Metrics } from '@app/telemetry';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { z } from 'zod';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { HandlerStarts } from '../inbox/handler-starts.js';
import { Consume, ConsumerModule, newMessageId } from '../index.js';

const broker = await ScratchBroker.create();
const queue = broker.queue();
const schema = z.object({ task: z.string() });

/** The headers of a message that the broker gave up in quarantine. */
const givenUp = { 'x-death': [{ reason: 'delivery_limit', queue: `${queue.name}.quarantine`, count: 1 }] };

@Controller()
class TaskConsumer {
  constructor(@Inject(TransactionHost) private readonly transactions: TransactionHost) {}

  @Consume({ queue, schema })
  async onTask(@Payload() { task }: z.output<typeof schema>): Promise<void> {
    await this.transactions.query('INSERT INTO effect (name) VALUES ($1)', [task]);
  }
}

describe('the quarantine', () => {
  let worker: ScratchWorker;

  const effects = async () =>
    (await worker.postgres.execute<{ name: string }>('SELECT name FROM effect')).map(({ name }) => name);
  const letters = () => worker.postgres.execute('SELECT reason FROM dead_letter');
  const unfinished = () => worker.postgres.execute('SELECT message_id FROM handler_start');
  const counted = async (outcome: string) => {
    const { body } = await worker.app.get(Metrics).expose();
    const line = body
      .split('\n')
      .find((text) => text.startsWith('amqp_consumed_total') && text.includes(`"${outcome}"`));
    return Number(line?.split(' ').at(-1) ?? 0);
  };

  beforeAll(async () => {
    worker = await ScratchWorker.start({ imports: [ConsumerModule], controllers: [TaskConsumer] });
    await worker.postgres.execute('CREATE TABLE effect (name text)');
    await worker.consume();
  });
  afterAll(async () => {
    await worker.stop();
    await broker.drop();
  });
  beforeEach(() => worker.postgres.empty('effect', 'inbox', 'dead_letter', 'handler_start'));

  it('receives a message on which a handler began and never ended', async () => {
    const messageId = newMessageId();
    await worker.app.get(HandlerStarts).begin(messageId, queue.name);
    broker.send(queue.name, '{"task":"suspect"}', { messageId, headers: { 'x-delivery-count': 2 } });
    await eventually(async () => expect(await effects()).toContain('suspect'));
    expect(await counted('quarantined')).toBe(1);
    expect(await unfinished()).toEqual([]);
  });

  it('does not receive a message that lost connections took back before any handler began', async () => {
    const quarantined = await counted('quarantined');
    broker.send(queue.name, '{"task":"innocent"}', {
      messageId: newMessageId(),
      headers: { 'x-delivery-count': 5 },
    });
    await eventually(async () => expect(await effects()).toContain('innocent'));
    expect(await counted('quarantined')).toBe(quarantined);
    expect(await unfinished()).toEqual([]);
  });

  it('sends a message back to its queue if the broker gave it up but no handler failed on it', async () => {
    broker.send(`${queue.name}.dead`, '{"task":"givenUp"}', {
      messageId: newMessageId(),
      headers: givenUp,
    });
    await eventually(async () => expect(await effects()).toContain('givenUp'));
    expect(await letters()).toEqual([]);
  });

  it('makes a message a dead letter if its handlers crashed', async () => {
    const messageId = newMessageId();
    for (const _start of [1, 2, 3]) await worker.app.get(HandlerStarts).begin(messageId, queue.name);
    broker.send(`${queue.name}.dead`, '{"task":"deadly"}', { messageId, headers: givenUp });
    await eventually(async () => expect(await letters()).toMatchObject([{ reason: 'DELIVERY_LIMIT' }]));
    expect(await unfinished()).toEqual([]);
  });
});

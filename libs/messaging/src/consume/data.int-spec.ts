import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TransactionHost } from '@app/postgres';
import { RabbitMqModule } from '@app/rabbitmq';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { Consume, ConsumerModule, MessageContext, newMessageId } from '../index.js';

const broker = await ScratchBroker.create();
const queue = broker.queue(['100ms']);
const withoutInbox = broker.queue(['100ms']);
const batched = broker.queue(['100ms']);
const attempts: number[] = [];

/** Statements that PostgreSQL rejects because of their data, by the class of the SQLSTATE. */
const REFUSED: [what: string, sql: string, reason: string][] = [
  ['22P02, an invalid value', `SELECT 'x'::uuid`, 'DATA_REFUSED'],
  ['22003, a number out of range', 'SELECT 2147483647 + 1', 'DATA_REFUSED'],
  ['22P05, a NUL', String.raw`SELECT '"\u0000"'::jsonb ->> 0`, 'DATA_REFUSED'],
  ['23505, a key that is taken', `INSERT INTO kept VALUES ('1'), ('1')`, 'CONFLICT'],
  ['23502, a value that is missing', 'INSERT INTO kept VALUES (NULL)', 'DATA_REFUSED'],
  ['54001, a value too deep', `SELECT (repeat('[', 100000) || repeat(']', 100000))::jsonb`, 'DATA_REFUSED'],
];

@Controller()
class DataConsumer {
  constructor(@Inject(TransactionHost) private readonly transactions: TransactionHost) {}

  @Consume({ queue })
  async onOne(@Payload() payload: unknown, @Ctx() { message }: MessageContext): Promise<void> {
    attempts.push(message.attempt);
    await this.store(payload);
  }

  @Consume({ queue: withoutInbox, inbox: false })
  async onLoose(@Payload() payload: unknown, @Ctx() { message }: MessageContext): Promise<void> {
    attempts.push(message.attempt);
    await this.store(payload).catch((error: unknown) => {
      throw new Error('the task could not be stored', { cause: error });
    });
  }

  @Consume({ queue: batched, batch: { size: 10, wait: '200ms' } })
  async onMany(payloads: unknown[]): Promise<void> {
    for (const payload of payloads) await this.store(payload);
  }

  private async store(payload: unknown): Promise<void> {
    const { sql } = (payload ?? {}) as { sql?: string };
    if (sql !== undefined) await this.transactions.query(sql);
    await this.transactions.query('INSERT INTO kept VALUES ($1)', [JSON.stringify(payload)]);
  }
}

describe('a message whose data is rejected', () => {
  let worker: ScratchWorker;

  const letters = () =>
    worker.postgres.execute<{ reason: string; attempts: number }>('SELECT reason, attempts FROM dead_letter');
  const kept = async () =>
    (await worker.postgres.execute<{ payload: unknown }>('SELECT payload FROM kept')).map(
      ({ payload }) => payload,
    );
  const send = (to: string, content: string) => broker.send(to, content, { messageId: newMessageId() });

  beforeAll(async () => {
    worker = await ScratchWorker.start({
      imports: [ConsumerModule, RabbitMqModule.forFeature(queue, withoutInbox, batched)],
      controllers: [DataConsumer],
    });
    await worker.postgres.execute('CREATE TABLE kept (payload jsonb PRIMARY KEY)');
    await worker.consume();
  });
  afterAll(async () => {
    await worker.stop();
    await broker.drop();
  });
  beforeEach(async () => {
    attempts.length = 0;
    await worker.postgres.empty('kept', 'inbox', 'dead_letter');
  });

  it.each(REFUSED)('by PostgreSQL with %s is a dead letter at once', async (_what, sql, reason) => {
    send(queue.name, JSON.stringify({ sql }));
    await eventually(async () => expect(await letters()).toEqual([{ reason, attempts: 1 }]));
    expect(attempts).toEqual([1]);
    expect(await kept()).toEqual([]);
  });

  it('is also a dead letter without an inbox, and when the handler wraps the error', async () => {
    send(withoutInbox.name, JSON.stringify({ sql: `SELECT 'x'::uuid` }));
    await eventually(async () => expect(await letters()).toEqual([{ reason: 'Error', attempts: 1 }]));
    expect(attempts).toEqual([1]);
  });

  it('does not delay the others of its batch', async () => {
    for (const content of ['1', '2', JSON.stringify({ sql: `SELECT 'x'::uuid` }), '3', '4'])
      send(batched.name, content);
    await eventually(async () => expect(new Set(await kept())).toEqual(new Set([1, 2, 3, 4])));
    await eventually(async () => expect(await letters()).toEqual([{ reason: 'DATA_REFUSED', attempts: 1 }]));
  });

  it.each([
    '{"a":1,"a":2}',
    String.raw`{"a":1,"\u0061":2}`,
    '[1e400]',
    '{"n":12345678901234567890}',
    '{"a":{"__proto__":1}}',
    `${'['.repeat(65)}${']'.repeat(65)}`,
  ])('because it has no schema and reading would change it is a dead letter: %s', async (content) => {
    send(queue.name, content);
    await eventually(async () => expect(await letters()).toMatchObject([{ reason: 'MALFORMED_MESSAGE' }]));
    expect(attempts).toEqual([]);
  });

  it.each([
    '{"constructor":{"prototype":{"a":1}},"prototype":[],"":0,"toString":1}',
    String.raw`["\ud83d\ude00","\u0001"," "]`,
    '[1.5,1e21,5e-324,9007199254740991,-0.1]',
    `${'['.repeat(64)}${']'.repeat(64)}`,
    'null',
    '"text"',
    'false',
  ])('does not include %s, which is stored as it was sent', async (content) => {
    send(queue.name, content);
    await eventually(async () => expect(await kept()).toHaveLength(1));
    expect(await kept()).toEqual([JSON.parse(content)]);
    expect(await letters()).toEqual([]);
  });
});

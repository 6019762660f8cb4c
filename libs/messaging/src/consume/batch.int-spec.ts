import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TransactionHost, TransactionUndoneError } from '@app/postgres';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { z } from 'zod';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { BatchContext, Consume, ConsumerModule, newMessageId } from '../index.js';

const broker = await ScratchBroker.create();
const queue = broker.queue(['50ms']);
const schema = z.object({ task: z.string() });
type Task = z.output<typeof schema>;

/** The tasks of each call, and the behaviour that a test sets. */
const calls: string[][] = [];
let behave: (tasks: readonly string[]) => Promise<void> | void = () => undefined;

@Controller()
class TaskConsumer {
  constructor(@Inject(TransactionHost) private readonly transactions: TransactionHost) {}

  @Consume({ queue, schema, batch: { size: 8, wait: '30ms' }, deadline: '300ms' })
  async onTasks(@Payload() payloads: readonly Task[], @Ctx() { messages }: BatchContext): Promise<void> {
    const tasks = payloads.map(({ task }) => task);
    calls.push(messages.length === tasks.length ? tasks : ['not one message for each payload']);
    await this.write(tasks);
    await behave(tasks);
  }

  async write(tasks: readonly string[]): Promise<void> {
    await this.transactions.query('INSERT INTO effect (name) SELECT unnest($1::text[])', [tasks]);
  }
}

describe('the handler of a batch', () => {
  let worker: ScratchWorker;

  const effects = async () =>
    (await worker.postgres.execute<{ name: string }>('SELECT name FROM effect ORDER BY name')).map(
      ({ name }) => name,
    );
  const letters = () =>
    worker.postgres.execute<{ reason: string; attempts: number }>('SELECT reason, attempts FROM dead_letter');
  const send = (task: unknown, messageId = newMessageId()) =>
    broker.send(queue.name, JSON.stringify({ task }), { messageId });

  beforeAll(async () => {
    worker = await ScratchWorker.start({ imports: [ConsumerModule], controllers: [TaskConsumer] });
    await worker.postgres.execute('CREATE TABLE effect (name text)');
    await worker.consume();
  });
  afterAll(async () => {
    await worker.stop();
    await broker.drop();
  });
  beforeEach(async () => {
    behave = () => undefined;
    calls.length = 0;
    await worker.postgres.empty('effect', 'inbox', 'dead_letter');
  });

  it('receives the waiting messages, at most the batch size, and each message once', async () => {
    const tasks = Array.from({ length: 20 }, (_, index) => String.fromCharCode(97 + index));
    for (const task of tasks) send(task);
    await eventually(async () => expect(await effects()).toEqual(tasks));
    expect(calls.flat().toSorted()).toEqual(tasks);
    expect(Math.max(...calls.map((call) => call.length))).toBe(8);
  });

  it('does not receive a message that has had its effect, in this batch or before', async () => {
    const [first, second] = [newMessageId(), newMessageId()];
    send('a', first);
    await eventually(async () => expect(await effects()).toEqual(['a']));
    for (const id of [first, second, second]) send('b', id);
    await eventually(async () => expect(await effects()).toEqual(['a', 'b']));
    send('c');
    await eventually(async () => expect(await effects()).toEqual(['a', 'b', 'c']));
  });

  it('lets the others have their effect at once when one message fails, and counts no attempt for them', async () => {
    behave = (tasks) => {
      if (tasks.includes('poison')) throw new Error('poisoned');
    };
    const innocent = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const task of [...innocent.slice(0, 4), 'poison', ...innocent.slice(4)]) send(task);
    await eventually(async () => expect(await letters()).toEqual([{ reason: 'Error', attempts: 2 }]));
    expect(await effects()).toEqual(innocent);
  });

  it('never receives an invalid payload', async () => {
    send(7);
    send('a');
    await eventually(async () => expect(await letters()).toMatchObject([{ reason: 'VALIDATION_FAILED' }]));
    await eventually(async () => expect(await effects()).toEqual(['a']));
    expect(calls).toEqual([['a']]);
  });

  it('is cut off at its deadline, and has no effect if it continues after that', async () => {
    const goOn = Promise.withResolvers<void>();
    const late: Promise<void>[] = [];
    behave = (tasks) => {
      if (calls.length > 1) return undefined;
      const straggler = goOn.promise.then(() => worker.app.get(TaskConsumer).write([`late ${tasks.join()}`]));
      late.push(straggler);
      return straggler;
    };
    send('a');
    await eventually(async () => expect(await effects()).toEqual(['a']));
    goOn.resolve();
    expect(await Promise.allSettled(late)).toEqual([
      { status: 'rejected', reason: expect.any(TransactionUndoneError) },
    ]);
    expect(await effects()).toEqual(['a']);
    const open = await worker.postgres.execute(
      `SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND state = 'idle in transaction'`,
      [worker.postgres.schema],
    );
    expect(open).toEqual([]);
  });

  it('receives an incomplete batch at once when the worker stops', async () => {
    behave = () => undefined;
    send('last');
    await worker.app.close();
    const left = await broker.take(queue.name);
    expect([...(await effects()), ...(left ? ['last'] : [])]).toEqual(['last']);
  });
});

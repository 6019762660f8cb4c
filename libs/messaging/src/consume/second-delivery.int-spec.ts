import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TransactionHost } from '@app/postgres';
import { Metrics } from '@app/telemetry';
import { Controller, type Type } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { MetricsPage } from '../../../../test/support/assertions/metrics-page.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { BatchContext, Consume, ConsumerModule, MessageContext, newMessageId } from '../index.js';

const broker = await ScratchBroker.create();
/** Two attempts. The second delivery waits for longer than both attempts may take. */
const queues = { single: broker.queue(['50ms']), batch: broker.queue(['50ms']) };
const attempts = new Map<string, number>();

@Controller()
class SingleConsumer {
  @Consume({ queue: queues.single, deadline: '200ms' })
  async onMessage(@Ctx() { message }: MessageContext): Promise<void> {
    attempts.set(message.id, message.attempt);
    return Promise.resolve();
  }
}

@Controller()
class BatchConsumer {
  @Consume({ queue: queues.batch, deadline: '200ms', batch: { size: 10, wait: '10ms' } })
  async onMessages(@Ctx() { messages }: BatchContext): Promise<void> {
    for (const message of messages) attempts.set(message.id, message.attempt);
    return Promise.resolve();
  }
}

describe('a second delivery of a message while the first is being handled', () => {
  let worker: ScratchWorker;

  beforeAll(async () => {
    const controllers: Type[] = [SingleConsumer, BatchConsumer];
    worker = await ScratchWorker.start({ imports: [ConsumerModule], controllers });
    await worker.consume();
  });
  afterAll(async () => {
    await worker.stop();
    await broker.drop();
  });

  it.each(['single', 'batch'] as const)(
    'waits without a counted attempt, however long the first takes (%s)',
    async (kind) => {
      const { name } = queues[kind];
      const id = newMessageId();
      const failed = Promise.withResolvers<never>();
      const begun = Promise.withResolvers<void>();
      const transactions = worker.app.get(TransactionHost);
      const first = transactions.run(async () => {
        await transactions.query('INSERT INTO inbox (message_id, queue) VALUES ($1, $2)', [id, name]);
        begun.resolve();
        return failed.promise;
      });
      await begun.promise;
      broker.send(name, '1', { messageId: id });
      const retried = async () => {
        const page = new MetricsPage((await worker.app.get(Metrics).expose()).body);
        return page.sum('amqp_consumed_total', { queue: name, outcome: 'retried' });
      };
      await eventually(async () => expect(await retried()).toBeGreaterThan(2), { within: 15_000 });
      failed.reject(new Error('the first failed'));
      await expect(first).rejects.toThrow('the first failed');
      await eventually(() => expect(attempts.get(id)).toBe(1));
      expect(await worker.postgres.execute('SELECT FROM dead_letter')).toEqual([]);
    },
  );
});

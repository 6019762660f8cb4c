import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterQueueOf, quarantineOf, RabbitMqModule } from '@app/rabbitmq';
import { Controller } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchBroker } from '../../../../test/support/servers/scratch-broker.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { Consume, ConsumerModule, MessageContext, newMessageId } from '../index.js';

const LIMIT = 256 * 1024;
const CONCURRENCY = 2;
/** More messages than the prefetch of a consumer. */
const LARGE = 5;

const broker = await ScratchBroker.create();
const queue = broker.queue([]);
const handled: number[] = [];

@Controller()
class TaskConsumer {
  @Consume({ queue })
  onTask(@Ctx() { message }: MessageContext): Promise<void> {
    handled.push(message.content.length);
    return message.content.toString() === '"fail"' ? Promise.reject(new Error('no')) : Promise.resolve();
  }
}

describe('a message beyond messaging.max_message_size', () => {
  let worker: ScratchWorker;
  const send = (to: string, content: string | Buffer) =>
    broker.send(to, content, { messageId: newMessageId() });
  const letters = () => worker.postgres.execute<{ reason: string }>('SELECT reason FROM dead_letter');

  beforeAll(async () => {
    worker = await ScratchWorker.start({
      imports: [ConsumerModule, RabbitMqModule.forFeature(queue)],
      controllers: [TaskConsumer],
      environment: {
        APP__MESSAGING__MAX_MESSAGE_SIZE: '256KiB',
        APP__MESSAGING__CONCURRENCY: String(CONCURRENCY),
      },
    });
    await worker.consume();
  });
  afterAll(() => broker.drop());

  it('is not handled, stays complete in the dead-letter queue, and does not block other messages', async () => {
    const large = Buffer.alloc(LIMIT + 1, 7);
    for (let count = 0; count < LARGE; count++) send(queue.name, large);
    send(quarantineOf(queue.name), large);
    send(queue.name, `"${'x'.repeat(LIMIT - 2)}"`);
    for (let count = 0; count < LARGE; count++) send(queue.name, '"fail"');
    await eventually(async () => expect(await letters()).toHaveLength(LARGE), { within: 20_000 });
    expect(Math.max(...handled)).toBe(LIMIT);

    await worker.stop();
    const kept: number[] = [];
    await eventually(async () => {
      const letter = await broker.take(deadLetterQueueOf(queue.name));
      if (letter) kept.push(letter.content.length);
      expect(kept).toEqual(Array.from({ length: LARGE + 1 }, () => LIMIT + 1));
    });
  });
});

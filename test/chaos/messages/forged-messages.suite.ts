import { describe, expect, it } from '@jest/globals';
import { counterEvents, fileEvents, taskQueue } from '@app/contracts';
import { deadLetterQueueOf, quarantineOf, retryQueueOf } from '@app/rabbitmq';
import { eventually } from '../../support/eventually.js';
import { forgeries } from './forgeries.js';
import type { MessagesHouse } from './messages-house.js';

const SCHEDULED = 'scheduled';
const QUEUES = [taskQueue.name, counterEvents.name, fileEvents.name, SCHEDULED];
/** Of each queue: itself, its quarantine, its dead letters, its first retry queue. */
const KINDS: Readonly<Record<string, (queue: string) => string>> = {
  queue: (queue) => queue,
  quarantine: quarantineOf,
  'dead letters': deadLetterQueueOf,
  'first retry queue': (queue) => retryQueueOf(queue, '1s'),
};
const IN_A_MOMENT = { within: 45_000, every: 200 };

/** Nobody has sent them who knows how it is done. */
export function forgedMessages(of: () => MessagesHouse): void {
  describe('that are forged or garbled', () => {
    it.each(Object.entries(KINDS))('do no harm in the %s of any consumer', async (_kind, place) => {
      const house = of();
      const worker = house.app('worker');
      const mark = worker.log.mark();
      const connection = await house.broker.connect();
      const channel = await connection.createConfirmChannel();
      const targets = QUEUES.map(place);
      for (const queue of targets)
        for (const { content, options } of forgeries()) channel.sendToQueue(queue, content, options);
      await channel.waitForConfirms();

      const waiting = async () => {
        const queues = await Promise.all(targets.map((queue) => channel.checkQueue(queue)));
        return queues.filter(({ messageCount }) => messageCount > 0).map(({ queue }) => queue);
      };
      await eventually(async () => expect(await waiting()).toEqual([]), IN_A_MOMENT);
      await connection.close();
      const body = { queue: taskQueue.name, message: { number: 1 } };
      const reply = await house.app('gateway').http.post('/api/v1/message', body);
      const id = reply.json<{ message_id: string }>().message_id;
      const isDone = async () =>
        expect((await house.effects()).filter(({ messageId }) => messageId === id)).toHaveLength(1);
      await eventually(isDone, IN_A_MOMENT);
      expect((await worker.management.get('/readyz')).status).toBe(200);
      expect(worker.hasExited).toBe(false);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      // Neither a crash nor a message that goes round for ever.
      const harm = worker.log
        .lines(mark)
        .filter(({ msg }) => /could neither be handled|unreadable/.test(msg));
      expect(harm).toEqual([]);
      expect(worker.log.lines(mark).filter(({ level }) => ['fatal', 'unreadable'].includes(level))).toEqual(
        [],
      );
    });
  });
}

import { describe, expect, it } from '@jest/globals';
import * as contracts from '@app/contracts';
import { deadLetterQueueOf, quarantineOf, retryQueueOf } from '@app/rabbitmq';
import { eventually } from '../../support/assertions/eventually.js';
import { FULL } from '../../support/assertions/form.js';
import { forgeries } from './forgeries.js';
import type { MessagesFixture } from './messages-fixture.js';

/** All our queues, including the one for delayed messages. */
const QUEUES = [...Object.values(contracts).filter(isQueue), contracts.defineQueue({ name: 'scheduled' })];
const KINDS: Readonly<Record<string, (queue: contracts.QueueDefinition) => string>> = {
  queue: ({ name }) => name,
  quarantine: ({ name }) => quarantineOf(name),
  'dead letters': ({ name }) => deadLetterQueueOf(name),
  'first retry queue': ({ name, retry }) => retryQueueOf(name, retry[0] ?? '1s'),
};
const IN_A_MOMENT = { within: 45_000, every: 200 };

function isQueue(value: object | string | number): value is contracts.QueueDefinition {
  return typeof value === 'object' && 'name' in value && 'retry' in value;
}

/** Messages from untrusted publishers. */
export function forgedMessages(of: () => MessagesFixture): void {
  describe('that are forged or garbled', () => {
    it.each(Object.entries(KINDS).slice(0, FULL ? undefined : 1))(
      'do no harm in the %s of any consumer',
      async (_kind, place) => {
        const fixture = of();
        const worker = fixture.app('worker');
        const mark = worker.log.mark();
        const connection = await fixture.broker.connect();
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
        const body = { queue: 'task_queue', message: { number: 1 } };
        const reply = await fixture.app('gateway').http.post('/api/v1/message', body);
        const id = reply.json<{ message_id: string }>().message_id;
        const isDone = async () =>
          expect((await fixture.effects()).filter(({ messageId }) => messageId === id)).toHaveLength(1);
        await eventually(isDone, IN_A_MOMENT);
        expect((await worker.management.get('/readyz')).status).toBe(200);
        expect(worker.hasExited).toBe(false);
        expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
        // Neither a crash nor an endless loop of a message.
        const harm = worker.log
          .lines(mark)
          .filter(({ msg }) => /could neither be handled|unreadable/.test(msg));
        expect(harm).toEqual([]);
        expect(worker.log.lines(mark).filter(({ level }) => ['fatal', 'unreadable'].includes(level))).toEqual(
          [],
        );
      },
    );
  });
}

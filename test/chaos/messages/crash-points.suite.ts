import { beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { FULL } from '../../support/assertions/form.js';
import { MetricsPage } from '../../support/assertions/metrics-page.js';
import type { MessagesFixture } from './messages-fixture.js';

const IN_A_MOMENT = { within: 20_000 };
const AN_HOUR_MS = 3_600_000;
/** More bytes than heartbeats; a message has far more. */
const SOME_BYTES = 100;

/** The worker or the gateway is killed between two steps of a message, and restarted. */
export function crashPoints(of: () => MessagesFixture): void {
  describe('whose process is killed', () => {
    let fixture: MessagesFixture;

    beforeEach(() => {
      fixture = of();
    });
    const submit = async (number: number, delay_ms = 0): Promise<string> => {
      const body = { queue: 'task_queue', message: { number }, delay_ms };
      const reply = await fixture.app('gateway').http.post('/api/v1/message', body);
      expect(reply.status).toBe(202);
      return reply.json<{ message_id: string }>().message_id;
    };
    const outbox = (rest = '') =>
      fixture.postgres.execute<{ message_id: string }>(`SELECT message_id FROM worker.outbox ${rest}`);
    /** Commits an event that is not published, since it is due in an hour. */
    const commit = async (number: number): Promise<string> => {
      const id = await submit(number, AN_HOUR_MS);
      await eventually(async () => expect(await outbox()).toEqual([{ message_id: id }]), IN_A_MOMENT);
      return id;
    };
    /** Makes the event due, and waits until the relay has claimed it: its row is locked until the batch ends. */
    const relayHasIt = async () => {
      await fixture.postgres.execute('UPDATE worker.outbox SET due_at = now()');
      await eventually(async () => {
        expect(await outbox('WHERE due_at IS NULL')).toHaveLength(1);
        expect(await outbox('FOR UPDATE SKIP LOCKED')).toEqual([]);
      }, IN_A_MOMENT);
    };
    /** Kills the worker, with all data in its connections. */
    const killWorker = async () => {
      await fixture.killApp('worker');
      fixture.workerToBroker.cut();
      fixture.workerToBroker.restore();
    };
    const expectOneEffect = async (messageId: string, number: number, duplicates: number) => {
      const worker = await fixture.startApp('worker');
      await eventually(async () => {
        const page = new MetricsPage((await worker.management.get('/metrics')).text);
        const outcome = (name: string) =>
          page.sum('amqp_consumed_total', { queue: 'task_queue', outcome: name });
        expect([outcome('done') + outcome('duplicate'), outcome('duplicate')]).toEqual([1, duplicates]);
        expect(await outbox()).toEqual([]);
      }, IN_A_MOMENT);
      expect(await fixture.effects()).toEqual([{ messageId, number }]);
    };

    it('between their effect and its acknowledgement, are redelivered without a second effect', async () => {
      fixture.workerToBroker.stall('requests');
      const id = await submit(3);
      await eventually(async () => expect(await fixture.effects()).toHaveLength(1), IN_A_MOMENT);
      await killWorker();
      await eventually(async () => expect(await fixture.broker.waitingIn('task_queue')).toBe(1));
      await expectOneEffect(id, 3, 1);
    });

    (FULL ? describe : describe.skip)('in the full form', () => {
      it('between the commit of an event and its publishing, are published by the next process', async () => {
        const id = await commit(1);
        fixture.workerToBroker.stall('requests');
        await relayHasIt();
        await killWorker();
        expect(await fixture.broker.waitingIn('task_queue')).toBe(0);
        expect(await outbox()).toHaveLength(1);
        await expectOneEffect(id, 1, 0);
      });

      it('between the publishing of an event and its confirm, are published twice and have one effect', async () => {
        const id = await commit(2);
        fixture.workerToBroker.stall('replies');
        const { sent } = fixture.workerToBroker;
        await relayHasIt();
        await eventually(() => expect(fixture.workerToBroker.sent).toBeGreaterThan(sent + SOME_BYTES));
        await killWorker();
        await eventually(async () => expect(await fixture.broker.waitingIn('task_queue')).toBe(1));
        expect(await outbox()).toHaveLength(1);
        const worker = await fixture.startApp('worker');
        await eventually(async () => {
          const page = new MetricsPage((await worker.management.get('/metrics')).text);
          expect(page.sum('amqp_consumed_total', { queue: 'task_queue', outcome: 'duplicate' })).toBe(1);
        }, IN_A_MOMENT);
        expect(await fixture.effects()).toEqual([{ messageId: id, number: 2 }]);
        expect(await outbox()).toEqual([]);
      });

      it('between their publishing and the reply to their sender, may have one effect', async () => {
        fixture.gatewayToBroker.stall('replies');
        const answer = submit(4).then(
          () => 'accepted',
          () => 'not accepted',
        );
        await eventually(
          async () => expect(await fixture.effects()).toMatchObject([{ number: 4 }]),
          IN_A_MOMENT,
        );
        await fixture.killApp('gateway');
        expect(await answer).toBe('not accepted');
        fixture.gatewayToBroker.cut();
        fixture.gatewayToBroker.restore();
        await fixture.startApp('gateway');
        await submit(5);
        const numbers = async () =>
          (await fixture.effects()).map(({ number }) => number).sort((a, b) => a - b);
        await eventually(async () => expect(await numbers()).toEqual([4, 5]), IN_A_MOMENT);
      });
    });
  });
}

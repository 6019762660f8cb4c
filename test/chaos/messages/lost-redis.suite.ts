import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import type { MessagesFixture } from './messages-fixture.js';

const AN_HOUR_MS = 3_600_000;

/** Redis loses its data, and clients query messages that were accepted before. */
export function lostRedis(of: () => MessagesFixture): void {
  describe('that were accepted before Redis lost its data', () => {
    it('are still accepted, done or not found', async () => {
      const fixture = of();
      const { http } = fixture.app('gateway');
      const submit = async (number: number, delay_ms = 0): Promise<string> => {
        const reply = await http.post('/api/v1/message', {
          queue: 'task_queue',
          message: { number },
          delay_ms,
        });
        expect(reply.status).toBe(202);
        return reply.json<{ message_id: string }>().message_id;
      };
      const stateOf = async (id: string) => {
        const reply = await http.get(`/api/v1/message/${id}`);
        return reply.status === 200 ? reply.json()['status'] : reply.status;
      };
      const [done, delayed] = [await submit(1), await submit(2, AN_HOUR_MS)];
      await eventually(async () => expect(await stateOf(done)).toBe('done'), { within: 20_000 });
      await eventually(async () =>
        expect(await fixture.postgres.execute('SELECT FROM worker.outbox')).toHaveLength(1),
      );
      fixture.workerToBroker.cut();
      const waiting = await submit(3);

      await fixture.loseRedis();

      expect(await stateOf(done)).toBe('done');
      expect(await stateOf(delayed)).toBe('accepted');
      expect(await stateOf(waiting)).toBe('accepted');
      expect(await stateOf('0197a000-0000-7000-8000-000000000000')).toBe(404);
      fixture.workerToBroker.restore();
      await eventually(async () => expect(await stateOf(waiting)).toBe('done'), { within: 20_000 });
    });
  });
}

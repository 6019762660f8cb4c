import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { byForm, LONG } from '../../support/assertions/form.js';
import { allDone } from './all-done.js';
import { MessageSenders } from './message-senders.js';
import type { MessagesFixture } from './messages-fixture.js';

const MESSAGES = byForm({ short: 100, full: 1_000, long: 20_000 });
const ACCEPTED_WITHIN = { within: LONG ? 300_000 : 30_000 };
/** Counted from the acceptance of the last message. In the long form, the worker has a backlog by then. */
const DONE_WITHIN = { within: LONG ? 60_000 : 5_000 };
const BACK_WITHIN = { within: 30_000 };
const TEST_WITHIN_MS = ACCEPTED_WITHIN.within + DONE_WITHIN.within + 2 * BACK_WITHIN.within;

/** A sample that may have been removed, see README.md: its events go to the queue that is stopped. */
const USERS = existsSync('apps/gateway/src/users');

/** One quorum queue has no leader. The other queues continue, and its own messages wait. */
export function leaderlessQueue(of: () => MessagesFixture): void {
  (USERS ? describe : describe.skip)('while another queue has no leader', () => {
    it(
      'have their effect in time, and those of that queue once it has a leader again',
      async () => {
        const fixture = of();
        const { http } = fixture.app('gateway');
        const mails = await fixture.mails();
        await fixture.broker.stopQueue('email_queue');
        try {
          const user = { email: `${randomUUID()}@example.com`, name: 'Somebody', password: randomUUID() };
          expect((await http.post('/api/v1/users', user)).status).toBe(201);
          const senders = new MessageSenders(http, { clients: 8, until: MESSAGES });
          await eventually(
            () => expect(senders.accepted.size).toBeGreaterThanOrEqual(MESSAGES),
            ACCEPTED_WITHIN,
          );
          await senders.done();
          expect([...senders.refusals]).toEqual([]);
          await allDone(fixture, senders, DONE_WITHIN);
          expect(senders.account(await fixture.effects()).doubled).toEqual([]);
        } finally {
          await fixture.broker.startQueue('email_queue');
        }
        await eventually(async () => expect(await fixture.mails()).toBe(mails + 1), BACK_WITHIN);
        expect(await fixture.deadLetters()).toEqual([]);
      },
      TEST_WITHIN_MS,
    );
  });
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AppProcess } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { byForm, LONG } from '../../support/assertions/form.js';
import { allDone } from './all-done.js';
import { MessageSenders } from './message-senders.js';
import type { MessagesFixture } from './messages-fixture.js';

const BACKLOG = byForm({ short: 100, full: 1_000, long: 20_000 });
const WITHIN = { within: LONG ? 300_000 : 30_000, every: 50 };
/** The longest time of an immediate refusal on a busy machine, in milliseconds. */
const AT_ONCE_MS = 500;
const STOPPED_WITHIN_MS = 10_000;

/** The broker accepts no messages because its memory is used up. The backlog must drain, or the alarm never ends. */
export function alarm(of: () => MessagesFixture): void {
  describe('during a memory alarm of the broker', () => {
    let fixture: MessagesFixture;
    let gateway: AppProcess;
    let raised = false;

    const raise = async () => {
      await fixture.broker.raiseAlarm();
      raised = true;
    };
    const clear = async () => {
      if (raised) await fixture.broker.clearAlarm();
      raised = false;
    };
    const submit = async (number: number) => {
      const body = { queue: 'task_queue', message: { number }, delay_ms: 0 };
      const started = performance.now();
      const reply = await gateway.http.post('/api/v1/message', body);
      return { ...reply, ms: performance.now() - started };
    };

    beforeEach(() => {
      fixture = of();
      gateway = fixture.app('gateway');
    });
    afterEach(clear);

    it(
      'drain, new ones are refused at once, and every app stops in time',
      async () => {
        await fixture.killApp('worker');
        const senders = new MessageSenders(gateway.http, { clients: 16, until: BACKLOG });
        await senders.done();
        await raise();
        // The broker sends `blocked` only after a publish. The outcome of this message is unknown until the alarm ends.
        const first = await submit(-1);
        expect(first.status).toBe(503);

        const refused = await Promise.all(Array.from({ length: 20 }, (_, index) => submit(-2 - index)));
        expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
        expect(Math.max(...refused.map(({ ms }) => ms))).toBeLessThan(AT_ONCE_MS);

        const worker = await fixture.startApp('worker');
        await allDone(fixture, senders, WITHIN);
        expect(await fixture.broker.waitingIn('task_queue')).toBe(0);

        for (const app of [worker, gateway]) {
          const started = performance.now();
          app.signal('SIGTERM');
          expect(await app.exited).toEqual({ code: 0, signal: null });
          expect(performance.now() - started).toBeLessThan(STOPPED_WITHIN_MS);
        }

        await clear();
        await fixture.startApp('worker');
        gateway = await fixture.startApp('gateway');
        const after = await submit(0);
        expect(after.status).toBe(202);
        const numbers = async () => (await fixture.effects()).map(({ number }) => number);
        await eventually(async () => expect((await numbers()).includes(0)).toBe(true), WITHIN);
        expect((await numbers()).filter((number) => number < -1)).toEqual([]);
        expect(senders.account(await fixture.effects())).toMatchObject({ lost: [], doubled: [] });
      },
      WITHIN.within + 90_000,
    );
  });
}

import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { byForm, LONG } from '../../support/assertions/form.js';
import { allDone } from './all-done.js';
import { MessageSenders } from './message-senders.js';
import type { MessagesFixture } from './messages-fixture.js';

const MESSAGES = byForm({ short: 500, full: 5_000, long: 100_000 });
const PATIENCE_MS = LONG ? 40 * 60_000 : 120_000;
/** The longest time in which the worker completes the backlog after the last failure. */
const WORKED_OFF_MS = LONG ? 5 * 60_000 : 45_000;

type Fault = (fixture: MessagesFixture) => Promise<unknown>;

/** Cuts all apps from the broker, until the worker reports it. */
const networkCut: Fault = async (fixture) => {
  const { gatewayToBroker, workerToBroker } = fixture;
  for (const proxy of [gatewayToBroker, workerToBroker]) proxy.cut();
  await eventually(() => expect(gatewayToBroker.connections + workerToBroker.connections).toBe(0));
  const { management } = fixture.app('worker');
  await eventually(async () => expect((await management.get('/readyz')).status).toBe(503));
  for (const proxy of [gatewayToBroker, workerToBroker]) proxy.restore();
};
const workerKilled: Fault = (fixture) => fixture.restartApp('worker');
const brokerKilled: Fault = ({ broker }) => broker.restart();
const databaseRestarted: Fault = ({ postgres }) => postgres.restart();
/** Makes the database refuse writes, until the worker reports it. */
const databaseReadOnly: Fault = async (fixture) => {
  const { management } = fixture.app('worker');
  const set = async (change: string) => {
    await fixture.postgres.execute(`ALTER SYSTEM ${change}`);
    await fixture.postgres.execute('SELECT pg_reload_conf()');
  };
  await set('SET default_transaction_read_only = on');
  await eventually(async () => expect((await management.get('/readyz')).status).toBe(503));
  await set('RESET default_transaction_read_only');
};

/** The faults in order, spread evenly over the messages. */
const FAULTS = byForm<readonly Fault[]>({
  // The other faults have suites of their own.
  short: [networkCut, workerKilled, databaseRestarted],
  full: [networkCut, workerKilled, databaseReadOnly, databaseRestarted, brokerKilled],
  long: Array.from({ length: 10 }, (_, round) => [
    networkCut,
    workerKilled,
    brokerKilled,
    ...(round % 4 === 1 ? [databaseRestarted] : []),
    ...(round % 4 === 3 ? [databaseReadOnly] : []),
  ]).flat(),
});

/** Everything that carries a message fails while many are in flight. The suite accounts for each message. */
export function acceptedMessages(of: () => MessagesFixture): void {
  describe(`of which ${MESSAGES} are accepted while everything that carries them fails`, () => {
    it(
      'have one effect each, and none has two',
      async () => {
        const fixture = of();
        const { http } = fixture.app('gateway');
        const senders = new MessageSenders(http, { clients: 16, until: MESSAGES, delayEvery: 20 });
        for (const [index, fault] of FAULTS.entries()) {
          const share = (MESSAGES * (index + 1)) / (FAULTS.length + 1);
          const reached = () => expect(senders.accepted.size).toBeGreaterThan(share);
          await eventually(reached, { within: PATIENCE_MS });
          await fault(fixture);
        }
        await senders.done();
        await allDone(fixture, senders, { within: WORKED_OFF_MS });
        const account = senders.account(await fixture.effects());
        report(senders, account.unconfirmed);
        expect(account).toMatchObject({ lost: [], doubled: [], foreign: [] });
        expect(account.unconfirmed).toBeLessThanOrEqual(senders.attempted - senders.accepted.size);
        expect(await fixture.deadLetters()).toEqual([]);
      },
      PATIENCE_MS,
    );
  });
}

function report({ attempted, accepted, refusals, slowest }: MessageSenders, unconfirmed: number): void {
  const answers = [...refusals].map(([refusal, count]) => `${count} × ${refusal}`).join(', ');
  process.stdout.write(
    `${attempted} messages attempted, ${accepted.size} accepted, each with one effect, through ${FAULTS.length} ` +
      `faults; refused: ${answers || 'none'}; ${unconfirmed} of those had their effect; ` +
      `slowest answer ${Math.round(slowest)} ms\n`,
  );
}

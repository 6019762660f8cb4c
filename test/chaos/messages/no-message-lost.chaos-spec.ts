import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { LONG } from '../../support/long.js';
import { MessageSenders } from './message-senders.js';
import { MessagesHouse } from './messages-house.js';

const MESSAGES = LONG ? 100_000 : 5_000;
const PATIENCE_MS = LONG ? 40 * 60_000 : 120_000;
/** Within which the worker has done what is left when nothing is broken any more. */
const WORKED_OFF_MS = LONG ? 5 * 60_000 : 45_000;

type Fault = (house: MessagesHouse) => Promise<unknown>;

const networkCut: Fault = async ({ gatewayToBroker, workerToBroker }) => {
  for (const proxy of [gatewayToBroker, workerToBroker]) proxy.cut();
  await eventually(() => expect(gatewayToBroker.connections + workerToBroker.connections).toBe(0));
  for (const proxy of [gatewayToBroker, workerToBroker]) proxy.restore();
};
const workerKilled: Fault = async (house) => {
  await house.killApp('worker');
  await house.startApp('worker');
};
const brokerKilled: Fault = ({ broker }) => broker.restart();
const databaseRestarted: Fault = ({ postgres }) => postgres.restart();

/** In the order in which they come, at even distances over the messages. */
const FAULTS: readonly Fault[] = LONG
  ? Array.from({ length: 10 }, (_, round) => [
      networkCut,
      workerKilled,
      brokerKilled,
      ...(round % 4 === 1 ? [databaseRestarted] : []),
    ]).flat()
  : [networkCut, workerKilled, databaseRestarted, brokerKilled];

describe(`${MESSAGES} messages, while all that carries them breaks`, () => {
  let house: MessagesHouse;

  beforeAll(async () => {
    house = await MessagesHouse.start();
  }, 120_000);
  afterAll(() => house.close(), 60_000);

  it(
    'have one effect each once they were accepted, and none has two',
    async () => {
      const http = house.app('gateway').http;
      const senders = new MessageSenders(() => http, { clients: 16, until: MESSAGES, delayEvery: 20 });
      for (const [index, fault] of FAULTS.entries()) {
        const share = (MESSAGES * (index + 1)) / (FAULTS.length + 1);
        await eventually(() => expect(senders.accepted.size).toBeGreaterThan(share), {
          within: PATIENCE_MS,
        });
        await fault(house);
      }
      await senders.done();
      await eventually(async () => expect(senders.account(await house.effects()).lost).toEqual([]), {
        within: WORKED_OFF_MS,
        every: 250,
      });
      const account = senders.account(await house.effects());
      report(senders, account.unconfirmed);
      expect(account).toEqual({ lost: [], doubled: [], foreign: [], unconfirmed: expect.any(Number) });
      expect(await house.deadLetters()).toEqual([]);
      expect(senders.attempted - senders.accepted.size).toBeGreaterThanOrEqual(account.unconfirmed);
    },
    PATIENCE_MS,
  );
});

function report({ attempted, accepted, refusals, slowest }: MessageSenders, unconfirmed: number): void {
  const answers = [...refusals].map(([refusal, count]) => `${count} × ${refusal}`).join(', ');
  process.stdout.write(
    `${attempted} messages attempted, ${accepted.size} accepted, each with one effect, through ${FAULTS.length} ` +
      `faults; refused: ${answers || 'none'}; ${unconfirmed} of those had their effect; ` +
      `slowest answer ${Math.round(slowest)} ms\n`,
  );
}

import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { byForm, LONG } from '../../support/assertions/form.js';
import type { AppName } from '../../support/apps/app-process.js';
import { SteadyLoad } from '../../support/network/steady-load.js';
import { allDone } from './all-done.js';
import { MessageSenders } from './message-senders.js';
import type { MessagesFixture } from './messages-fixture.js';

const OUTAGE_MS = byForm({ short: 2_000, full: 5_000, long: 60_000 });
/** `rabbitmq.confirm_timeout` of these apps, with a margin for a busy machine. */
const ANSWERED_WITHIN_MS = 6_000;
const BACK_WITHIN_MS = 30_000;
/**
 * The allowed growth of a process during the outage. V8 collects old objects only when it must. So at these rates a
 * process levels out only after two minutes, at about 200 MiB above its start, with a quarter of it in use.
 */
const GROWTH_MIB = LONG ? 256 : 96;
const WRITERS = { clients: 4, rate: 100 };
/** A low rate, since Argon2 is expensive by design. */
const REGISTRARS = { clients: 1, rate: 2 };

/** Samples that may have been removed, see README.md. */
const WRITING = ['counters', 'users'].every((slice) => existsSync(`apps/gateway/src/${slice}`));

/** The broker is unavailable for a while, under the normal traffic of the API. */
export function brokerOutage(of: () => MessagesFixture): void {
  (WRITING ? describe : describe.skip)(
    `sent while the broker is unavailable for ${OUTAGE_MS / 1_000} s`,
    () => {
      it(
        'are refused in time, domain writes continue, and no accepted message is lost',
        async () => {
          const fixture = of();
          const { http } = fixture.app('gateway');
          const counter_type = `outage_${randomUUID().slice(0, 8)}`;
          const resource_id = randomUUID();
          const mailsBefore = await fixture.mails();
          const senders = new MessageSenders(http, { clients: 20, until: Infinity });
          const increments = new SteadyLoad(
            (agent) =>
              http.post('/api/v1/counter/increment', { resource_id, counter_type, delta: 1 }, { agent }),
            WRITERS,
          );
          const users = new SteadyLoad(
            (agent) => http.post('/api/v1/users', newUser(), { agent }),
            REGISTRARS,
          );
          // Hashes some passwords first, so that their memory is not counted.
          await eventually(
            () => expect(Math.min(senders.accepted.size, users.succeeded)).toBeGreaterThan(3),
            {
              within: 20_000,
            },
          );
          const before = residentMiB(fixture);

          await fixture.broker.kill();
          const [counted, registered] = [increments.succeeded, users.succeeded];
          await delay(OUTAGE_MS);
          const written = () => [increments.succeeded - counted, users.succeeded - registered];
          // A busy machine may not hash one password in a short outage.
          await eventually(() => expect(Math.min(...written())).toBeGreaterThan(0));
          const during = written();
          const grown = residentMiB(fixture).map((mib, index) => mib - (before[index] ?? 0));
          await fixture.broker.restart();
          const acceptedBefore = senders.accepted.size;
          await eventually(() => expect(senders.accepted.size).toBeGreaterThan(acceptedBefore + 20), {
            within: BACK_WITHIN_MS,
          });
          const [increment, registration] = [await increments.stop(), await users.stop()];
          await senders.stop();

          expect([...senders.refusals.keys()].filter((refusal) => !refusal.startsWith('503 '))).toEqual([]);
          expect(senders.refusals.size).toBeGreaterThan(0);
          expect(senders.slowest).toBeLessThan(ANSWERED_WITHIN_MS);
          expect([...increment.failures, ...registration.failures]).toEqual([]);
          expect(Math.max(...grown)).toBeLessThan(GROWTH_MIB);
          const top = `/api/v1/counter/top?counter_type=${counter_type}&window=all`;
          const items = async () => (await http.get(top)).json<{ items: { value: number }[] }>().items;
          const known = async () => expect(await items()).toMatchObject([{ value: increment.succeeded }]);
          await eventually(known, { within: BACK_WITHIN_MS, every: 100 });
          await allDone(fixture, senders, { within: BACK_WITHIN_MS });
          const welcomed = async () =>
            expect(await fixture.mails()).toBe(mailsBefore + registration.succeeded);
          await eventually(welcomed, { within: BACK_WITHIN_MS, every: 100 });
          const account = senders.account(await fixture.effects());
          expect(account).toMatchObject({ lost: [], doubled: [], foreign: [] });
          process.stdout.write(
            `${OUTAGE_MS / 1_000} s without a broker: ${during[0]} increments and ${during[1]} users written meanwhile, ` +
              `slowest answer to a message ${Math.round(senders.slowest)} ms, memory ` +
              `${grown.map((mib) => `${mib >= 0 ? '+' : ''}${Math.round(mib)} MiB`).join(', ')} (${WATCHED.join(', ')})\n`,
          );
        },
        OUTAGE_MS + 120_000,
      );
    },
  );
}

const WATCHED: readonly AppName[] = ['gateway', 'grpc-server', 'worker'];

function residentMiB(fixture: MessagesFixture): number[] {
  return WATCHED.map((name) => {
    const status = readFileSync(`/proc/${fixture.app(name).pid}/status`, 'utf8');
    const [, kib = '0'] = /VmRSS:\s+(\d+) kB/.exec(status) ?? [];
    return Number(kib) / 1024;
  });
}

function newUser(): object {
  return { email: `${randomUUID()}@example.com`, name: 'Somebody', password: randomUUID() };
}

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { LONG } from '../../support/assertions/form.js';
import { CountersFixture } from './counters-fixture.js';
import { CountingClients } from './counting-clients.js';

/** The deadline of a call, with a margin for a busy machine. */
const ANSWERED_WITHIN_MS = 11_000;
const RESUMED_WITHIN_MS = 3000;
const OUTAGE_MS = 10_000;

(LONG ? describe : describe.skip)(
  '200 increments per second, with a server unavailable for ten seconds',
  () => {
    let fixture: CountersFixture;
    let load: CountingClients;
    let counters: string[];

    const expectExact = async () => {
      await load.stop();
      await fixture.drained();
      const ledger = await fixture.ledger();
      for (const [counter, { acknowledged, perhapsUp }] of load.known) {
        const value = await fixture.read(counter);
        expect(value).toBeGreaterThanOrEqual(acknowledged);
        expect(value).toBeLessThanOrEqual(acknowledged + perhapsUp);
        expect(ledger.get(counter)).toBe(value);
      }
    };
    const resumed = () => load.reaches(load.counted + 5, { within: RESUMED_WITHIN_MS });

    beforeAll(async () => {
      fixture = await CountersFixture.start();
    });

    beforeEach(async () => {
      counters = Array.from({ length: 3 }, () => randomUUID());
      load = new CountingClients(fixture.gateway.http, {
        counterType: fixture.name,
        counters,
        clients: 8,
        delta: () => 1,
        batch: () => 1,
        rate: 25,
      });
      await load.reaches(200);
    });

    afterEach(async () => {
      fixture.toPostgres.restore();
      fixture.redis.resume();
      await load.stop();
    });

    afterAll(() => fixture.close());

    it.each([
      ['stalled', (toPostgres: CountersFixture['toPostgres']) => toPostgres.stall()],
      ['cut off', (toPostgres: CountersFixture['toPostgres']) => toPostgres.cut()],
    ])('continue when Redis has the counter, while PostgreSQL is %s', async (_how, breakIt) => {
      breakIt(fixture.toPostgres);
      const before = { counted: load.counted, failed: load.failed };
      const started = performance.now();
      const unknown = await fixture.gateway.http.get(`/api/v1/counter/${randomUUID()}/${fixture.name}`);
      expect(unknown.status).toBe(503);
      expect(performance.now() - started).toBeLessThan(ANSWERED_WITHIN_MS);
      await delay(OUTAGE_MS);
      expect(load.failed).toBe(before.failed);
      expect(load.counted - before.counted).toBeGreaterThan(500);
      fixture.toPostgres.restore();
      await eventually(() => fixture.read(randomUUID()).then((value) => expect(value).toBe(0)), {
        within: RESUMED_WITHIN_MS,
      });
      await expectExact();
    });

    it('are answered within their deadline while Redis is stopped, and continue when it runs again', async () => {
      fixture.redis.pause();
      await delay(OUTAGE_MS);
      expect(load.slowest).toBeLessThan(ANSWERED_WITHIN_MS);
      fixture.redis.resume();
      await resumed();
      expect([...load.failures.keys()].filter((failure) => !/^50[34] /.test(failure))).toEqual([]);
      await expectExact();
    });

    it('continue while PostgreSQL does not answer for increments of other counters', async () => {
      fixture.toPostgres.stall();
      const { failed } = load;
      const others = new CountingClients(fixture.gateway.http, {
        counterType: fixture.name,
        counters: Array.from({ length: 50 }, () => randomUUID()),
        clients: 2,
        delta: () => 1,
        batch: () => 1,
        rate: 10,
      });
      await load.reaches(load.counted + 1000);
      await others.stop();
      expect(others.counted).toBe(0);
      expect([...others.failures.keys()].filter((failure) => !failure.startsWith('503 '))).toEqual([]);
      expect(load.failed).toBe(failed);
      fixture.toPostgres.restore();
      await expectExact();
    });

    it('continue without PostgreSQL when the connections to the same Redis break', async () => {
      fixture.toPostgres.cut();
      fixture.cutRedis();
      await resumed();
      fixture.toPostgres.restore();
      await expectExact();
    });
  },
);

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { LONG } from '../../support/long.js';
import { CountersHouse } from './counters-house.js';
import { CountingClients } from './counting-clients.js';

/** The deadline of a call, and what a busy machine may add. */
const ANSWERED_WITHIN_MS = 11_000;
const RESUMED_WITHIN_MS = 3000;
const OUTAGE_MS = 10_000;

(LONG ? describe : describe.skip)('200 increments a second, with a server away for ten seconds', () => {
  let house: CountersHouse;
  let load: CountingClients;
  let counters: string[];

  const expectExact = async () => {
    await load.stop();
    await house.drained();
    const ledger = await house.ledger();
    for (const [counter, { acknowledged, perhapsUp }] of load.known) {
      const value = await house.read(counter);
      expect(value).toBeGreaterThanOrEqual(acknowledged);
      expect(value).toBeLessThanOrEqual(acknowledged + perhapsUp);
      expect(ledger.get(counter)).toBe(value);
    }
  };
  const resumed = () => load.reaches(load.counted + 5, { within: RESUMED_WITHIN_MS });

  beforeAll(async () => {
    house = await CountersHouse.start();
  }, 60_000);

  beforeEach(async () => {
    counters = Array.from({ length: 3 }, () => randomUUID());
    load = new CountingClients(house.gateway.http, {
      counterType: house.name,
      counters,
      clients: 8,
      delta: () => 1,
      batch: () => 1,
      rate: 25,
    });
    await load.reaches(200);
  });

  afterEach(async () => {
    house.toPostgres.restore();
    house.redis.resume();
    await load.stop();
  });

  afterAll(() => house.close(), 60_000);

  it.each([
    ['stalled', (toPostgres: CountersHouse['toPostgres']) => toPostgres.stall()],
    ['cut off', (toPostgres: CountersHouse['toPostgres']) => toPostgres.cut()],
  ])('go on where Redis knows the counter, PostgreSQL being %s', async (_how, breakIt) => {
    breakIt(house.toPostgres);
    const before = { counted: load.counted, failed: load.failed };
    const started = performance.now();
    const unknown = await house.gateway.http.get(`/api/v1/counter/${randomUUID()}/${house.name}`);
    expect(unknown.status).toBe(503);
    expect(performance.now() - started).toBeLessThan(ANSWERED_WITHIN_MS);
    await delay(OUTAGE_MS);
    expect(load.failed).toBe(before.failed);
    expect(load.counted - before.counted).toBeGreaterThan(500);
    house.toPostgres.restore();
    await eventually(() => house.read(randomUUID()).then((value) => expect(value).toBe(0)), {
      within: RESUMED_WITHIN_MS,
    });
    await expectExact();
  });

  it('are answered within their deadline while Redis is stopped, and go on when it runs again', async () => {
    house.redis.pause();
    await delay(OUTAGE_MS);
    expect(load.slowest).toBeLessThan(ANSWERED_WITHIN_MS);
    house.redis.resume();
    await resumed();
    expect([...load.failures.keys()].filter((failure) => !/^50[34] /.test(failure))).toEqual([]);
    await expectExact();
  });

  it('go on beside increments of counters that cannot be told while PostgreSQL does not answer', async () => {
    house.toPostgres.stall();
    const { failed } = load;
    const strangers = new CountingClients(house.gateway.http, {
      counterType: house.name,
      counters: Array.from({ length: 50 }, () => randomUUID()),
      clients: 2,
      delta: () => 1,
      batch: () => 1,
      rate: 10,
    });
    await load.reaches(load.counted + 1000);
    await strangers.stop();
    expect(strangers.counted).toBe(0);
    expect([...strangers.failures.keys()].filter((failure) => !failure.startsWith('503 '))).toEqual([]);
    expect(load.failed).toBe(failed);
    house.toPostgres.restore();
    await expectExact();
  });

  it('go on without PostgreSQL although the connections to Redis break, as long as it is the same Redis', async () => {
    house.toPostgres.cut();
    house.cutRedis();
    await resumed();
    house.toPostgres.restore();
    await expectExact();
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { LONG } from '../../support/long.js';
import { CountersHouse } from './counters-house.js';
import { CountingClients } from './counting-clients.js';

const INCREMENTS = LONG ? 200_000 : 10_000;
const FAULTS = LONG ? 5 : 1;
const PATIENCE = { within: LONG ? 180_000 : 30_000 };

describe(`${INCREMENTS} increments by 8 clients, the grpc-server killed and Redis cut off ${FAULTS} times`, () => {
  const counters = Array.from({ length: 5 }, () => randomUUID());
  let house: CountersHouse;
  let load: CountingClients;

  beforeAll(async () => {
    house = await CountersHouse.start({ worker: true });
    load = new CountingClients(house.gateway.http, {
      counterType: house.name,
      counters,
      clients: 8,
      delta: (n) => (n % 5 === 0 ? -1 : 1 + (n % 3)),
      batch: (n) => (n % 2 === 0 ? 1 : 1 + (n % 20)),
    });
    for (let fault = 0; fault < FAULTS; fault++) {
      const reaches = (part: number) => load.reaches((INCREMENTS * (fault + part)) / FAULTS, PATIENCE);
      await reaches(0.3);
      house.cutRedis();
      await reaches(0.6);
      await house.killServer();
    }
    await load.reaches(INCREMENTS, PATIENCE);
    await load.stop();
  }, 600_000);

  afterAll(async () => {
    await load.stop();
    await house.close();
  }, 60_000);

  it('leave every counter between what was acknowledged and what was attempted', async () => {
    for (const [counter, { acknowledged, perhapsUp, perhapsDown }] of load.known) {
      const value = await house.read(counter);
      expect(value).toBeGreaterThanOrEqual(acknowledged + perhapsDown);
      expect(value).toBeLessThanOrEqual(acknowledged + perhapsUp);
    }
  });

  it('fail as documented', () => {
    const undocumented = [...load.failures.keys()].filter((failure) => !failure.startsWith('503 '));
    expect(undocumented).toEqual([]);
  });

  it('arrive in PostgreSQL and in the ranking exactly', async () => {
    const values = new Map<string, number | undefined>();
    for (const counter of counters) values.set(counter, await house.read(counter));
    await house.drained();
    expect(await house.ledger()).toEqual(values);
    await eventually(async () => expect(await house.ranking()).toEqual(values), { within: 20_000 });
  });
});

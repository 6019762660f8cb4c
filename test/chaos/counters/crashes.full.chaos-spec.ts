import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { byForm, LONG } from '../../support/assertions/form.js';
import { CountersFixture } from './counters-fixture.js';
import { CountingClients } from './counting-clients.js';

const INCREMENTS = byForm({ full: 10_000, long: 200_000 });
const FAULTS = LONG ? 5 : 1;
const WITHIN = { within: LONG ? 180_000 : 30_000 };

describe(`${INCREMENTS} increments by 8 clients, the grpc-server killed and Redis cut off ${FAULTS} times`, () => {
  const counters = Array.from({ length: 5 }, () => randomUUID());
  let fixture: CountersFixture;
  let load: CountingClients;

  beforeAll(async () => {
    fixture = await CountersFixture.start({ worker: true });
    load = new CountingClients(fixture.gateway.http, {
      counterType: fixture.name,
      counters,
      clients: 8,
      delta: (n) => (n % 5 === 0 ? -1 : 1 + (n % 3)),
      batch: (n) => (n % 2 === 0 ? 1 : 1 + (n % 20)),
    });
    for (let fault = 0; fault < FAULTS; fault++) {
      const reaches = (part: number) => load.reaches((INCREMENTS * (fault + part)) / FAULTS, WITHIN);
      await reaches(0.3);
      fixture.cutRedis();
      await reaches(0.6);
      await fixture.killServer();
    }
    await load.reaches(INCREMENTS, WITHIN);
    await load.stop();
  }, 600_000);

  afterAll(async () => {
    await load.stop();
    await fixture.close();
  });

  it('leave every counter between the acknowledged and the attempted sum', async () => {
    for (const [counter, { acknowledged, perhapsUp, perhapsDown }] of load.known) {
      const value = await fixture.read(counter);
      expect(value).toBeGreaterThanOrEqual(acknowledged + perhapsDown);
      expect(value).toBeLessThanOrEqual(acknowledged + perhapsUp);
    }
  });

  it('fail as documented', () => {
    const undocumented = [...load.failures.keys()].filter((failure) => !failure.startsWith('503 '));
    expect(undocumented).toEqual([]);
  });

  it('are exact in PostgreSQL and in the ranking', async () => {
    const values = new Map<string, number | undefined>();
    for (const counter of counters) values.set(counter, await fixture.read(counter));
    await fixture.drained();
    expect(await fixture.ledger()).toEqual(values);
    await eventually(async () => expect(await fixture.ranking()).toEqual(values), { within: 20_000 });
  });
});

import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { FULL } from '../../support/assertions/form.js';
import type { HttpClient } from '../../support/network/http-client.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { CountersOfTheirOwn } from './counters-of-their-own.js';

const INCREMENTS = FULL ? 10_000 : 1_000;
const CONNECTIONS = 50;

const path = (id: string) => `/api/v1/counter/${id}/view`;

/** Increments from many connections at once; rejects when any reply is not a 200. */
async function incrementMany(http: HttpClient, id: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const body = { resource_id: id, counter_type: 'view' };
  const client = async () => {
    for (let done = 0; done < INCREMENTS / CONNECTIONS; done++) {
      const { status } = await http.post('/api/v1/counter/increment', body, { agent });
      expect(status).toBe(200);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  agent.destroy();
}

/** Repeated failures open the circuit before PostgreSQL, which then refuses the calls. */
const UNAVAILABLE = /^(UPSTREAM_UNAVAILABLE|CIRCUIT_OPEN)$/;

describe('a counter of the running system', () => {
  const { http } = runningSystem();
  const id = `e2e-${randomUUID()}`;

  it('is ranked by its increments, in every window', async () => {
    const counter_type = randomUUID();
    const count = (resource_id: string, delta: number) =>
      http.post('/api/v1/counter/increment', { resource_id, counter_type, delta });
    await Promise.all([count('second', 2), count('first', 3), count('third', 1)]);
    for (const window of ['1h', '24h', 'all']) {
      await eventually(async () => {
        const reply = await http.get(
          `/api/v1/counter/top?counter_type=${counter_type}&window=${window}&limit=2`,
        );
        const { items } = reply.json<{ items: { resource_id: string; value: number }[] }>();
        expect(items.map(({ resource_id, value }) => [resource_id, value])).toEqual([
          ['first', 3],
          ['second', 2],
        ]);
      });
    }
  });

  it('is read in batches in the order of the request, under both names', async () => {
    const increments = [1, 2].map((delta) => ({
      resource_id: `${id}-${delta}`,
      counter_type: 'view',
      delta,
    }));
    await http.post('/api/v1/counter/batch/increment', { items: increments });
    const keys = [...increments]
      .reverse()
      .map(({ resource_id, counter_type }) => ({ resource_id, counter_type }));
    for (const name of ['items', 'queries']) {
      const reply = await http.post('/api/v1/counter/batch', {
        [name]: [...keys, { ...keys[0], resource_id: 'nobody' }],
      });
      expect(
        reply.json<{ items: { current_value: number }[] }>().items.map((item) => item.current_value),
      ).toEqual([2, 1, 0]);
    }
  });
});

const LONG = 60_000;

describe(`a counter that ${CONNECTIONS} connections increment ${INCREMENTS} times`, () => {
  const id = `many-${randomUUID()}`;
  let own: CountersOfTheirOwn;

  beforeAll(async () => {
    own = await CountersOfTheirOwn.start();
  }, LONG);

  afterAll(() => own.stop());

  it(
    'has exactly that value',
    async () => {
      await incrementMany(own.http, id);
      expect((await own.http.get(path(id))).json()['current_value']).toBe(INCREMENTS);
    },
    LONG,
  );

  it(
    'still has that value after Redis was emptied and the apps were restarted',
    async () => {
      await eventually(async () => expect(await own.drainLag()).toBe(0));
      await own.emptyRedis();
      await own.restart();
      expect((await own.http.get(path(id))).json()['current_value']).toBe(INCREMENTS);
    },
    LONG,
  );

  it('is 503 while its value is unavailable, and never 0', async () => {
    await own.emptyRedis();
    await own.withoutPostgres(async () => {
      const reply = await own.http.get(path(id));
      expect([reply.status, reply.json()['reason']]).toEqual([503, expect.stringMatching(UNAVAILABLE)]);
    });
  });

  it('is counted in one batch with an unavailable one, which alone has an error', async () => {
    const known = randomUUID();
    await own.http.post('/api/v1/counter/increment', { resource_id: known, counter_type: 'view' });
    await own.withoutPostgres(async () => {
      const items = [known, randomUUID(), known].map((resource_id) => ({
        resource_id,
        counter_type: 'view',
      }));
      const reply = await own.http.post('/api/v1/counter/batch/increment', { items });
      expect(reply.status).toBe(200);
      const error = { code: 503, reason: expect.stringMatching(UNAVAILABLE), trace_id: expect.any(String) };
      const counted = { resource_id: known, counter_type: 'view' };
      expect(reply.json()['items']).toEqual([
        { ...counted, current_value: 2 },
        { error: expect.objectContaining(error) },
        { ...counted, current_value: 3 },
      ]);
      expect((await own.http.get(path(known))).json()['current_value']).toBe(3);
    });
  });

  it('is not changed when it would exceed the safe range', async () => {
    const full = randomUUID();
    await own.record(full, Number.MAX_SAFE_INTEGER - 1);
    const counted = { resource_id: full, counter_type: 'view' };
    const replies = [];
    for (const delta of [1, 1, 1_000_000_000]) {
      replies.push(await own.http.post('/api/v1/counter/increment', { ...counted, delta }));
    }
    const statuses = replies.map((reply) => [reply.status, reply.json()['reason']]);
    expect(statuses).toEqual([
      [200, undefined],
      [409, 'COUNTER_OVERFLOW'],
      [409, 'COUNTER_OVERFLOW'],
    ]);
    const error = { ...replies[1]?.json(), trace_id: expect.any(String) };
    expect((await own.http.get(path(full))).json()['current_value']).toBe(Number.MAX_SAFE_INTEGER);
    // In a batch, and merged with others, an increment has the same error.
    const items = [{ ...counted, delta: -1 }, counted, counted];
    const batch = await own.http.post('/api/v1/counter/batch/increment', { items });
    const values = [Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER];
    expect(batch.json()['items']).toEqual([
      ...values.map((current_value) => ({ ...counted, current_value })),
      { error },
    ]);
    const merged = await Promise.all(items.map(() => own.http.post('/api/v1/counter/increment', counted)));
    expect(merged.map((reply) => reply.json())).toEqual([error, error, error]);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { FULL } from '../../support/assertions/form.js';
import { expectError } from '../expect-error.js';
import { CountersOfTheirOwn } from './counters-of-their-own.js';

describe('an increment with an Idempotency-Key', () => {
  let own: CountersOfTheirOwn;

  const post = (route: string, body: unknown, key?: string) =>
    own.http.post(`/api/v1/counter/${route}`, body, {
      ...(key !== undefined && { headers: { 'idempotency-key': key } }),
    });
  const counter = () => ({ resource_id: randomUUID(), counter_type: 'view' });
  const read = async ({ resource_id }: { resource_id: string }) =>
    (await own.http.get(`/api/v1/counter/${resource_id}/view`)).json()['current_value'];

  beforeAll(async () => {
    own = await CountersOfTheirOwn.start();
  }, 60_000);

  afterAll(() => own.stop());

  it(`counts once, concurrently${FULL ? ' and after a restart' : ''}, with the same reply`, async () => {
    const body = counter();
    const key = randomUUID();
    const together = await Promise.all(Array.from({ length: 50 }, () => post('increment', body, key)));
    await post('increment', body);
    if (FULL) await own.restart();
    const later = await post('increment', body, key);
    expect(new Set([...together, later].map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set([`200 ${JSON.stringify({ ...body, current_value: 1 })}`]),
    );
    expect(await read(body)).toBe(2);
  }, 60_000);

  it('counts each item of a batch once', async () => {
    const items = Array.from({ length: 100 }, () => ({ ...counter(), delta: 2 }));
    const replies = [];
    for (let time = 0; time < 3; time++) replies.push(await post('batch/increment', { items }, 'a-batch'));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(await read(items[0] ?? counter())).toBe(2);
  });

  it('is refused when its key was used for another one, or is invalid', async () => {
    const key = randomUUID();
    await post('increment', counter(), key);
    const reused = await post('increment', counter(), key);
    expect([reused.status, reused.json()['reason']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    for (const bad of ['two words', 'x'.repeat(129)])
      expectError(await post('increment', counter(), bad), 400, 'VALIDATION_FAILED');
  });

  it('has an unknown outcome after Redis was emptied, while one without a key counts at once', async () => {
    const body = counter();
    const key = randomUUID();
    await post('increment', body, key);
    await eventually(async () => expect(await own.drainLag()).toBe(0));
    await own.emptyRedis();
    const others = await Promise.all(Array.from({ length: 40 }, () => post('increment', counter())));
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 200));
    const unknown = await post('increment', body, key);
    expect([unknown.status, unknown.json()['reason'], unknown.headers['retry-after']]).toEqual([
      503,
      'OUTCOME_UNKNOWN',
      expect.any(String),
    ]);
    expect(await read(body)).toBe(1);
    const from = unknown.json<{ details: { new_keys_from: string } }>().details.new_keys_from;
    const later = (Date.parse(from) + 5000).toString(16).padStart(12, '0');
    const fresh = `${later.slice(0, 8)}-${later.slice(8)}-7${randomUUID().slice(15)}`;
    for (let time = 0; time < 2; time++) expect((await post('increment', body, fresh)).status).toBe(200);
    expect(await read(body)).toBe(2);
  });
});

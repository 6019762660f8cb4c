import { collectFeatures, Migrator, PostgresModule } from '@app/postgres';
import { RedisModule, redisConfig } from '@app/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually } from '../../../../test/support/eventually.js';
import { ScratchPostgres } from '../../../../test/support/scratch-postgres.js';
import { redisOfTests } from '../../../../test/support/scratch-redis.js';
import { CountersModule } from './counters.module.js';
import { countersConfig } from './counters.config.js';
import { CounterStore } from './counter.store.js';
import { CountersService } from './counters.service.js';

const DRAIN_INTERVAL_MS = 20;
const key = { resourceId: 'article-1', counterType: 'view' };
const add = (delta: number) => ({ ...key, delta });

describe('a counter', () => {
  let scratch: ScratchPostgres;
  let redis: Redis;
  let counters: CountersService;
  let store: CounterStore;

  const inPostgres = async () => {
    const [row] = await scratch.execute<{ value: string }>(
      'SELECT value FROM counter WHERE resource_id = $1',
      [key.resourceId],
    );
    return Number(row?.value ?? 0);
  };
  const drained = () => eventually(async () => expect(await store.pending()).toBe(0));

  beforeAll(async () => {
    scratch = await ScratchPostgres.create();
    const state = await redisOfTests();
    redis = new Redis(state.url.href);
    await redis.flushdb();
    await new Migrator(scratch.config, await collectFeatures(CountersModule)).migrate();
    const app = await scratch.start({
      imports: [PostgresModule.forRoot(), RedisModule.forRoot(), CountersModule],
      config: [
        [redisConfig, { state, commandTimeout: 1000, connectTimeout: 1000 }],
        [countersConfig, { drainInterval: DRAIN_INTERVAL_MS }],
      ],
    });
    counters = app.get(CountersService);
    store = app.get(CounterStore);
  });

  beforeEach(async () => {
    await drained();
    await scratch.execute('DELETE FROM counter');
    await scratch.execute('DELETE FROM outbox');
    await redis.flushdb();
  });

  afterAll(async () => {
    await scratch.drop();
    await redis.flushdb();
    redis.disconnect();
  });

  it('that was never incremented is 0', async () => {
    await expect(counters.read([key])).resolves.toEqual([0]);
  });

  it('counts each increment of a batch in order, and answers in order', async () => {
    const other = { resourceId: 'article-2', counterType: 'view' };
    await expect(counters.increment([add(1), { ...other, delta: 5 }, add(2), add(-1)])).resolves.toEqual([
      1, 5, 3, 2,
    ]);
    await expect(counters.read([other, key])).resolves.toEqual([5, 2]);
  });

  it('arrives in PostgreSQL exactly, with an event for each drain', async () => {
    for (let round = 0; round < 50; round++) await counters.increment([add(1), add(1)]);
    await drained();
    await expect(inPostgres()).resolves.toBe(100);
    const [{ told } = { told: 0 }] = await scratch.execute<{ told: string | number }>(
      `SELECT sum((delta ->> 'delta')::bigint) AS told FROM outbox, jsonb_array_elements(convert_from(payload, 'UTF8')::jsonb -> 'deltas') AS delta`,
    );
    expect(Number(told)).toBe(100);
  });

  it('goes on from what PostgreSQL knows when Redis has lost its data', async () => {
    await counters.increment([add(7)]);
    await drained();
    await redis.flushdb();
    await expect(counters.read([key])).resolves.toEqual([7]);
    await expect(counters.increment([add(1)])).resolves.toEqual([8]);
    await drained();
    await expect(inPostgres()).resolves.toBe(8);
  });

  it('is neither doubled nor lost when Redis goes back to an older state', async () => {
    await counters.increment([add(10)]);
    await drained();
    const older = await snapshot(redis);
    await counters.increment([add(5)]);
    await drained();
    await restore(redis, older);
    await eventually(async () => expect(await counters.read([key])).toEqual([15]));
    await expect(counters.increment([add(1)])).resolves.toEqual([16]);
    await drained();
    await expect(inPostgres()).resolves.toBe(16);
  });

  it('stays as it is when it would leave ±(2^53-1)', async () => {
    await scratch.execute('INSERT INTO counter VALUES ($1, $2, $3)', [
      key.resourceId,
      key.counterType,
      Number.MAX_SAFE_INTEGER - 1,
    ]);
    const [fits, overflows] = await counters.increment([add(1), add(1)]);
    expect(fits).toBe(Number.MAX_SAFE_INTEGER);
    expect(overflows).toHaveReason('COUNTER_OVERFLOW');
    await expect(counters.read([key])).resolves.toEqual([Number.MAX_SAFE_INTEGER]);
  });
});

async function snapshot(redis: Redis): Promise<Map<string, Buffer>> {
  const dumps = new Map<string, Buffer>();
  for (const name of await redis.keys('*')) {
    const dump = await redis.dumpBuffer(name);
    if (dump) dumps.set(name, dump);
  }
  return dumps;
}

async function restore(redis: Redis, dumps: ReadonlyMap<string, Buffer>): Promise<void> {
  const transaction = redis.multi().flushdb();
  for (const [name, dump] of dumps) transaction.restore(name, 0, dump);
  await transaction.exec();
}

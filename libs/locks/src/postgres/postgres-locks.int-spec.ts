import { collectFeatures, Migrator, PostgresModule, TransactionHost } from '@app/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchPostgres } from '../../../../test/support/servers/scratch-postgres.js';
import {
  FenceLostError,
  Fencing,
  LeaderElection,
  LockBusyError,
  Locks,
  locksConfig,
  LocksModule,
} from '../index.js';

describe('a lock on PostgreSQL', () => {
  const module = () => LocksModule.forRoot({ owner: true, elections: true });
  let scratch: ScratchPostgres;
  let name: string;
  let count = 0;

  const start = () =>
    scratch.start({
      imports: [PostgresModule.forRoot(), module()],
      config: [[locksConfig, { schema: scratch.schema }]],
    });
  let apps: Awaited<ReturnType<typeof start>>[];
  const at = <T>(index: number, type: abstract new (...parameters: never[]) => T): T => {
    const app = apps[index];
    if (!app) throw new RangeError('there is no such app');
    return app.get<T>(type);
  };

  beforeAll(async () => {
    Logger.overrideLogger(false);
    scratch = await ScratchPostgres.create();
    await new Migrator(scratch.config, await collectFeatures(module())).migrate();
    apps = [await start(), await start()];
  });
  afterAll(() => scratch.drop());
  beforeEach(() => {
    count += 1;
    name = `lock ${count}`;
  });

  it('has one holder at a time, each with a greater fence, in the order of requests within a process', async () => {
    const fences: number[] = [];
    const order: number[] = [];
    const work = (index: number) =>
      at(index % 2, Locks).withLock(name, { wait: 20_000 }, ({ fence }) => {
        fences.push(fence.number ?? NaN);
        order.push(index);
        return Promise.resolve();
      });
    await Promise.all(Array.from({ length: 10 }, (_, index) => work(index)));
    expect(fences).toEqual(fences.toSorted((a, b) => a - b));
    expect(new Set(fences).size).toBe(10);
    expect(order.filter((index) => index % 2)).toEqual([1, 3, 5, 7, 9]);
    expect(order.filter((index) => index % 2 === 0)).toEqual([0, 2, 4, 6, 8]);
  });

  it('rejects the write of a former holder', async () => {
    const zombie = await at(0, Locks).acquire(name, { ttl: 60_000 });
    await scratch.execute(
      "UPDATE lease SET expires_at = clock_timestamp() - interval '1 s' WHERE name = $1",
      [name],
    );
    const heir = await at(1, Locks).acquire(name);
    const write = (fence = zombie.fence) =>
      at(0, TransactionHost).run(() => at(0, Fencing).assertHeld(fence ?? { name, number: NaN }));
    await expect(write()).rejects.toBeInstanceOf(FenceLostError);
    await expect(write(heir.fence)).resolves.toBeUndefined();
    await heir.release();
  });

  it('is refused when the wait is over', async () => {
    const lock = await at(0, Locks).acquire(name);
    await expect(at(1, Locks).acquire(name, { wait: 100 })).rejects.toBeInstanceOf(LockBusyError);
    await expect(at(0, Locks).acquire(name, { wait: 100 })).rejects.toBeInstanceOf(LockBusyError);
    await lock.release();
    await (await at(1, Locks).acquire(name)).release();
  });

  it('elects a leader, and another one when the first is gone', async () => {
    const seen: string[] = [];
    const campaign = (index: number) =>
      at(index, LeaderElection).campaign(name, { ttl: 1_000 }, async (signal, { fence }) => {
        seen.push(`${index} leads under ${fence.number}`);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        seen.push(`${index} ends`);
      });
    const first = campaign(0);
    await eventually(() => expect(first.leading).toBe(true));
    const second = campaign(1);
    await first.withdraw();
    await eventually(() => expect(second.leading).toBe(true));
    expect(first.leading).toBe(false);
    await second.withdraw();
    expect(seen).toEqual(['0 leads under 1', '0 ends', '1 leads under 2', '1 ends']);
  });

  it('lets a leader that has lost its lease be a candidate again', async () => {
    let terms = 0;
    const candidacy = at(0, LeaderElection).campaign(name, { ttl: 300 }, async (signal) => {
      terms += 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    await eventually(() => expect(terms).toBe(1));
    await scratch.execute(
      'UPDATE lease SET fence = fence + 1, expires_at = clock_timestamp() WHERE name = $1',
      [name],
    );
    await eventually(() => expect(terms).toBe(2));
    await candidacy.withdraw();
  });
});

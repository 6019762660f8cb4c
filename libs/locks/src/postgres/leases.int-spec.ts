import { once } from 'node:events';
import { collectFeatures, Migrator, PostgresModule, TransactionHost } from '@app/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchPostgres } from '../../../../test/support/servers/scratch-postgres.js';
import {
  FenceLostError,
  FenceOutsideTransactionError,
  Fencing,
  LeaseLostError,
  Leases,
  locksConfig,
  LocksModule,
} from '../index.js';
import { LeaseTable } from './lease.table.js';

describe('a lease', () => {
  let scratch: ScratchPostgres;
  let one: Leases;
  let other: Leases;
  let host: TransactionHost;
  let fencing: Fencing;
  let table: LeaseTable;
  let name: string;
  let count = 0;

  const startOwner = () =>
    scratch.start({
      imports: [PostgresModule.forRoot(), LocksModule.forRoot({ owner: true })],
      config: [[locksConfig, { schema: scratch.schema }]],
    });
  /** Simulates a holder that crashed some time ago. */
  const letRunOut = () =>
    scratch.execute("UPDATE lease SET expires_at = clock_timestamp() - interval '1 second' WHERE name = $1", [
      name,
    ]);

  beforeAll(async () => {
    Logger.overrideLogger(false);
    scratch = await ScratchPostgres.create();
    await new Migrator(scratch.config, await collectFeatures(LocksModule.forRoot({ owner: true }))).migrate();
    const [first, second] = [await startOwner(), await startOwner()];
    one = first.get(Leases);
    other = second.get(Leases);
    host = first.get(TransactionHost);
    fencing = first.get(Fencing);
    table = first.get(LeaseTable, { strict: false });
  });
  afterAll(() => scratch.drop());
  beforeEach(() => {
    count += 1;
    name = `lease ${count}`;
  });

  it('has one holder at a time, even with many requests at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).acquire(name, { ttl: 5_000 })),
    );
    expect(all.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  it('has a greater fence for each holder, even after it was released', async () => {
    const first = await one.acquire(name, { ttl: 5_000 });
    await first?.release();
    const second = await other.acquire(name, { ttl: 5_000 });
    expect(first?.fence).toBe(1);
    expect(second?.fence).toBe(2);
  });

  it('stays released when a renewal arrives after the release', async () => {
    const lease = await one.acquire(name, { ttl: 60_000 });
    await lease?.release();
    await expect(table.extend(name, lease?.fence ?? NaN, 60_000)).resolves.toBe(false);
    await expect(lease?.renew()).rejects.toBeInstanceOf(LeaseLostError);
    await expect(other.acquire(name, { ttl: 5_000 })).resolves.toBeDefined();
  });

  it('goes to another holder with a greater fence when its holder has crashed', async () => {
    const dead = await one.acquire(name, { ttl: 60_000 });
    await letRunOut();
    const heir = await other.acquire(name, { ttl: 5_000 });
    expect(heir?.fence).toBe((dead?.fence ?? NaN) + 1);
    await expect(dead?.renew()).rejects.toBeInstanceOf(LeaseLostError);
    expect(dead?.signal.aborted).toBe(true);
  });

  it('is free after its time to live when its holder no longer renews it', async () => {
    await expect(table.take(name, 100, 'a holder that crashes')).resolves.toBe(1);
    expect(await other.expiresIn(name)).toBeLessThanOrEqual(100);
    await eventually(async () => expect((await other.acquire(name, { ttl: 5_000 }))?.fence).toBe(2));
  });

  it('is renewed beyond its time to live', async () => {
    const lease = await one.acquire(name, { ttl: 300 });
    const expiry = async () =>
      (
        await scratch.execute<{ at: Date }>('SELECT expires_at AS at FROM lease WHERE name = $1', [name])
      )[0]?.at.getTime() ?? 0;
    const first = await expiry();
    while ((await expiry()) < first + 600)
      await expect(other.acquire(name, { ttl: 300 })).resolves.toBeUndefined();
    expect(lease?.signal.aborted).toBe(false);
    await lease?.release();
  });

  it('aborts the signal of its holder when another holder takes it', async () => {
    const lease = await one.acquire(name, { ttl: 300 });
    await letRunOut();
    await other.acquire(name, { ttl: 5_000 });
    if (lease && !lease.signal.aborted) await once(lease.signal, 'abort');
    expect(lease?.signal.reason).toBeInstanceOf(LeaseLostError);
  });

  it('expires by the holder’s own clock when the database does not reply to the renewal', async () => {
    const lease = await one.acquire(name, { ttl: 300 });
    await host.run(async () => {
      // Locks the row, so that renewals wait.
      await host.query(`SELECT 1 FROM lease WHERE name = $1 FOR UPDATE`, [name]);
      if (lease && !lease.signal.aborted) await once(lease.signal, 'abort');
    });
    expect(lease?.signal.reason).toBeInstanceOf(LeaseLostError);
  });

  it('lets an effect commit with its fence, but not with an older one', async () => {
    const stale = await one.acquire(name, { ttl: 60_000 });
    await expect(
      host.run(() => fencing.assertHeld({ name, number: stale?.fence ?? NaN })),
    ).resolves.toBeUndefined();
    await letRunOut();
    await other.acquire(name, { ttl: 5_000 });
    await expect(
      host.run(() => fencing.assertHeld({ name, number: stale?.fence ?? NaN })),
    ).rejects.toBeInstanceOf(FenceLostError);
  });

  it('cannot be taken by another holder while an effect with its fence is about to commit', async () => {
    const lease = await one.acquire(name, { ttl: 60_000 });
    const order: string[] = [];
    let takeover: Promise<unknown> | undefined;
    await host.run(async () => {
      await fencing.assertHeld({ name, number: lease?.fence ?? NaN });
      takeover = letRunOut().then(() => order.push('taken over'));
      const waiting =
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE lease%' AND query NOT LIKE '%pg_stat%'";
      while ((await scratch.execute(waiting)).length === 0);
      order.push('effect');
    });
    await takeover;
    expect(order).toEqual(['effect', 'taken over']);
  });

  it('rejects the check of a fence outside a transaction, where it would protect nothing', async () => {
    await expect(fencing.assertHeld({ name, number: 1 })).rejects.toBeInstanceOf(
      FenceOutsideTransactionError,
    );
  });
});

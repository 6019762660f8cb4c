import { Lifecycle } from '@app/lifecycle';
import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { LeaseTable } from './lease.table.js';
import { PostgresLeases } from './postgres.leases.js';

describe('the leases of a process', () => {
  it('that are still held when the app stops are released in the phase `flush`', async () => {
    Logger.overrideLogger(false);
    const lifecycle = new Lifecycle();
    const giveUp = jest.fn<LeaseTable['giveUp']>().mockResolvedValue();
    const table = { take: () => Promise.resolve(7), extend: () => Promise.resolve(true), giveUp };
    const leases = new PostgresLeases(table as unknown as LeaseTable, lifecycle);
    leases.onModuleInit();
    let releasedInDrain = 0;
    lifecycle.register({
      name: 'work',
      drain: async () => void (releasedInDrain = giveUp.mock.calls.length),
    });
    const lease = await leases.acquire('report', { ttl: 60_000 });
    await lifecycle.beforeApplicationShutdown();
    expect(releasedInDrain).toBe(0);
    expect(giveUp.mock.calls).toEqual([['report', lease?.fence]]);
  });
});

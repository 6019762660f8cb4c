import { ConfigHandle } from '@app/config';
import type { TransactionHost } from '@app/postgres';
import { describe, expect, it, jest } from '@jest/globals';
import { FenceLostError } from '../lock.errors.js';
import { LeaseTable } from './lease.table.js';
import { PostgresFencing } from './postgres.fencing.js';

describe('the table of leases', () => {
  it('is in the schema `locks.schema`, for statements on leases and for the check of a fence', async () => {
    const query = jest.fn<(sql: string) => Promise<object[]>>().mockResolvedValue([]);
    const host = { isOpen: true, query } as unknown as TransactionHost;
    const config = new ConfigHandle({ schema: 'owner' });
    const table = new LeaseTable(host, config);
    await table.take('report', 1_000, 'a');
    await table.extend('report', 1, 1_000);
    await table.giveUp('report', 1);
    await table.expiresIn('report');
    const check = new PostgresFencing(host, config).assertHeld({ name: 'report', number: 1 });
    await expect(check).rejects.toBeInstanceOf(FenceLostError);
    expect(query).toHaveBeenCalledTimes(5);
    for (const [sql] of query.mock.calls) expect(sql).toContain('"owner".lease');
  });
});

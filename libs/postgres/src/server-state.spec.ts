import { describe, expect, it } from '@jest/globals';
import type { ClientBase } from 'pg';
import { assertWritable } from './server-state.js';

describe('a server', () => {
  const check = (standby: boolean, read_only: boolean) =>
    assertWritable({
      query: () => Promise.resolve({ rows: [{ standby, read_only }] }),
    } as unknown as ClientBase);

  it('takes writes when it is no standby and not read-only', async () => {
    await expect(check(false, false)).resolves.toBeUndefined();
  });

  it.each([
    { standby: true, read_only: true },
    { standby: true, read_only: false },
    { standby: false, read_only: true },
  ])('is unavailable for writes in the state %j', async ({ standby, read_only }) => {
    await expect(check(standby, read_only)).rejects.toMatchObject({ reason: 'UPSTREAM_UNAVAILABLE' });
  });
});

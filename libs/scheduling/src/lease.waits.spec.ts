import type { Leases } from '@app/locks';
import { describe, expect, it } from '@jest/globals';
import { LeaseWaits } from './lease.waits.js';

const [FIRST, SECOND] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-01T00:01:00Z')];

describe('waits for leases of other processes', () => {
  const given = (lefts: Record<string, number | undefined>) => {
    const waits = new LeaseWaits({ expiresIn: async (name: string) => lefts[name] } as unknown as Leases);
    return { waits, lefts };
  };

  it('return the instants of an expired lease, once', async () => {
    const { waits, lefts } = given({ job: 500 });
    waits.add('job', [FIRST]);
    waits.add('job', [SECOND, FIRST]);
    expect(await waits.ended()).toEqual([]);
    lefts['job'] = -1;
    expect(await waits.ended()).toEqual([FIRST, SECOND]);
    expect(await waits.ended()).toEqual([]);
    expect(await waits.soonest()).toBe(Infinity);
  });

  it('forget the instants of a released lease, because they overlapped its run', async () => {
    const { waits, lefts } = given({ job: 500 });
    waits.add('job', [FIRST]);
    lefts['job'] = undefined;
    expect(await waits.ended()).toEqual([]);
    lefts['job'] = -1;
    expect(await waits.ended()).toEqual([]);
  });

  it('end with the first of their leases', async () => {
    const { waits } = given({ one: 5_000, other: 700, third: 60_000 });
    for (const lease of ['one', 'other', 'third']) waits.add(lease, []);
    expect(await waits.soonest()).toBe(700);
  });

  it('keep the instants when the database does not answer', async () => {
    let available = false;
    const expiresIn = async () => {
      if (!available) throw new Error('connect ECONNREFUSED');
      return -1;
    };
    const waits = new LeaseWaits({ expiresIn } as unknown as Leases);
    waits.add('job', [FIRST]);
    await expect(waits.ended()).rejects.toThrow(/ECONNREFUSED/);
    available = true;
    expect(await waits.ended()).toEqual([FIRST]);
  });
});

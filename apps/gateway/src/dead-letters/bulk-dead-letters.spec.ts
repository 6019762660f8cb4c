import type { DeadLettersServiceClient, HandleDeadLettersRequest } from '@app/contracts';
import { describe, expect, it } from '@jest/globals';
import { BulkDeadLetters } from './bulk-dead-letters.js';

function given(letters: number) {
  const limits: number[] = [];
  const handle = ({ limit }: HandleDeadLettersRequest) => {
    limits.push(limit);
    const left = letters - limits.slice(0, -1).reduce((sum, each) => sum + each, 0);
    return Promise.resolve({ count: Math.min(limit, Math.max(0, left)) });
  };
  const worker = { redriveMany: handle, discardMany: handle } as unknown as DeadLettersServiceClient;
  return { limits, bulk: new BulkDeadLetters(worker) };
}

describe('a bulk request for dead letters', () => {
  it.each([
    [100_000, 12_000, [5_000, 5_000, 5_000], 12_000],
    [7_000, 12_000, [5_000, 2_000], 7_000],
    [5_000, 12_000, [5_000], 5_000],
    [10, 0, [10], 0],
  ])('with the limit %d is sent in parts, for %d letters', async (limit, letters, parts, count) => {
    for (const method of ['redriveMany', 'discardMany'] as const) {
      const { bulk, limits } = given(letters);
      expect(await bulk[method]({ filter: undefined, limit, actor: 'a', note: '' })).toEqual({ count });
      expect(limits).toEqual(parts);
    }
  });
});

import { describe, expect, it } from '@jest/globals';
import { fieldOf, keyOfField, shardOf, SHARDS } from './counter.key.js';

describe('a counter', () => {
  it('is parsed from its field', () => {
    const key = { resourceId: 'a.b:c-d_e', counterType: 'view:24h' };
    expect(keyOfField(fieldOf(key))).toEqual(key);
  });

  it('always has the same shard', () => {
    expect(['article-1|view', 'article-2|view', 'user:42|like'].map(shardOf)).toEqual([12, 11, 1]);
  });

  it('shares its shard with about a sixteenth of the others', () => {
    const sizes = new Array<number>(SHARDS).fill(0);
    for (let index = 0; index < 16_000; index++) {
      const shard = shardOf(fieldOf({ resourceId: `article-${index}`, counterType: 'view' }));
      sizes[shard] = (sizes[shard] ?? 0) + 1;
    }
    expect(Math.min(...sizes)).toBeGreaterThan(800);
    expect(Math.max(...sizes)).toBeLessThan(1200);
  });
});

import { describe, expect, it } from '@jest/globals';
import { joinByKey } from './file-pairs.js';

const page = (keys: string, completeTo?: string) => ({
  items: Array.from(keys, (key) => ({ key })),
  completeTo,
});

/** `+` stands on both sides, `o` is an object alone, `r` a record alone. */
function drawn(objects: ReturnType<typeof page>, records: ReturnType<typeof page>): string {
  const { pairs, next } = joinByKey(objects, records);
  const marks = pairs.map(({ key, object, record }) => `${key}${object ? (record ? '+' : 'o') : 'r'}`);
  return [...marks, `> ${next ?? 'end'}`].join(' ');
}

describe('two lists joined by key', () => {
  it('have a pair for each key, with the object, the record or both', () => {
    expect(drawn(page('abd'), page('acd'))).toBe('a+ bo cr d+ > end');
  });

  it('end at the key to which both pages are complete', () => {
    expect(drawn(page('abc', 'c'), page('ab', 'b'))).toBe('a+ b+ > b');
    expect(drawn(page('ab', 'b'), page('abcd'))).toBe('a+ b+ > b');
  });

  it('are sorted by bytes, also beyond the basic multilingual plane', () => {
    expect(drawn(page('\u{1f600}'), page('\uffee', '\uffee'))).toBe('\uffeer > \uffee');
  });
});

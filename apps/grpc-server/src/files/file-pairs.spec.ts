import { describe, expect, it } from '@jest/globals';
import { pairUp } from './file-pairs.js';

const page = (keys: string, completeTo?: string) => ({
  items: Array.from(keys, (key) => ({ key })),
  completeTo,
});

/** `+` stands on both sides, `o` is an object alone, `r` a record alone. */
function drawn(objects: ReturnType<typeof page>, records: ReturnType<typeof page>): string {
  const { pairs, next } = pairUp(objects, records);
  const marks = pairs.map(({ key, object, record }) => `${key}${object ? (record ? '+' : 'o') : 'r'}`);
  return [...marks, `> ${next ?? 'end'}`].join(' ');
}

describe('two lists side by side', () => {
  it('say of each key on which side it stands', () => {
    expect(drawn(page('abd'), page('acd'))).toBe('a+ bo cr d+ > end');
  });

  it('are compared as far as both of them reach', () => {
    expect(drawn(page('abc', 'c'), page('ab', 'b'))).toBe('a+ b+ > b');
    expect(drawn(page('ab', 'b'), page('abcd'))).toBe('a+ b+ > b');
  });

  it('go in the order of the bytes, beyond the basic plane too', () => {
    expect(drawn(page('\u{1f600}'), page('\uffee', '\uffee'))).toBe('\uffeer > \uffee');
  });
});

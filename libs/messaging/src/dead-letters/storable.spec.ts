import { describe, expect, it } from '@jest/globals';
import { storable } from './storable.js';

/** An object in an object, so many times. */
function nested(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level++) value = { value };
  return value;
}

describe('what is stored of a message from outside', () => {
  it('stays as it is when it is plain', () => {
    const plain = { text: String.raw`a\u0000b`, number: 7, list: [true, null, { deep: '😀' }] };
    expect(storable(plain)).toEqual(plain);
  });

  it.each([
    ['NUL', 'a\0b', 'ab'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
    ['bytes', Buffer.from('hello'), 'aGVsbG8='],
    ['a large whole number', 2n ** 64n, '18446744073709551616'],
    ['an instant', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['no instant', new Date(Number.NaN), null],
    ['a forbidden key', { 'k\0': 1 }, { k: 1 }],
  ])('has %s in a form that a database takes', (_what, value, stored) => {
    expect(storable(value)).toEqual(stored);
  });

  it('has a bottom, however deep it came', () => {
    expect(JSON.stringify(storable(nested(100_000))).length).toBeLessThan(1_000);
  });
});

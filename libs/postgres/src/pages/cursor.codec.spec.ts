import { describe, expect, it } from '@jest/globals';
import { numberCursor, uuidCursor } from './cursor.codec.js';

const encoded = (text: string) => Buffer.from(text).toString('base64url');

describe('a cursor', () => {
  it.each([
    [1, 'MQ'],
    [41, 'NDE'],
    [Number.MAX_SAFE_INTEGER, 'OTAwNzE5OTI1NDc0MDk5MQ'],
  ])('of the number %d keeps its form from release to release', (id, cursor) => {
    expect(numberCursor.encode(id)).toBe(cursor);
    expect(numberCursor.decode(cursor)).toBe(id);
  });

  it('of a UUID keeps its form from release to release', () => {
    const id = '019a0000-0000-7abc-8def-0123456789ab';
    expect(uuidCursor.encode(id)).toBe('AZoAAAAAeryN7wEjRWeJqw');
    expect(uuidCursor.decode('AZoAAAAAeryN7wEjRWeJqw')).toBe(id);
  });

  it.each([
    '',
    '!',
    encoded(''),
    encoded('0'),
    encoded('-1'),
    encoded('01'),
    encoded(' 1'),
    encoded('1.0'),
    encoded('1e3'),
    encoded('0x10'),
    encoded('Infinity'),
    encoded('9007199254740992'),
    `${encoded('1')}==`,
    `${encoded('1')}!`,
  ])('of a number is not accepted as %j, which no list has returned', (cursor) => {
    expect(numberCursor.decode(cursor)).toBeUndefined();
  });

  it.each(['', 'AAAA', '!', `${'A'.repeat(22)}=`, 'A'.repeat(21) + 'B', 'A'.repeat(43)])(
    'of a UUID is not accepted as %j, which no list has returned',
    (cursor) => {
      expect(uuidCursor.decode(cursor)).toBeUndefined();
    },
  );
});

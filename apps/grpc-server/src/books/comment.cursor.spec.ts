import { describe, expect, it } from '@jest/globals';
import { fromCursor, toCursor } from './comment.cursor.js';

const inBase64 = (text: string) => Buffer.from(text).toString('base64url');

describe('the cursor of a list of comments', () => {
  it.each([1, 4711, Number.MAX_SAFE_INTEGER])('holds the id %d', (id) => {
    expect(fromCursor(toCursor(id))).toBe(id);
  });

  it.each([
    '',
    '7',
    inBase64('0'),
    inBase64('-1'),
    inBase64('07'),
    inBase64('9007199254740993'),
    `${toCursor(7)}=`,
  ])('is not %j', (cursor) => {
    expect(fromCursor(cursor)).toBeUndefined();
  });
});

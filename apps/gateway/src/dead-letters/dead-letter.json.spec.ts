import { DeadLetter } from '@app/contracts';
import { describe, expect, it } from '@jest/globals';
import { letterJson } from './dead-letter.json.js';

const letterOf = (payload: Buffer, size = payload.length) =>
  letterJson(DeadLetter.fromPartial({ summary: { status: 1, size }, headers: '{}', payload }));

describe('the payload of a dead letter', () => {
  it.each(['{"a":1}', '"text"', '7', 'null', '[]'])('is shown as JSON when it is %s', (text) => {
    expect(letterOf(Buffer.from(text))).toMatchObject({
      payload: JSON.parse(text) as unknown,
      payload_encoding: 'json',
    });
  });

  it.each([
    ['no JSON', Buffer.from('garbage')],
    ['no text', Buffer.from([0x22, 0xff, 0x22])],
    ['nothing', Buffer.alloc(0)],
  ])('is shown in base64 when it is %s', (_what, bytes) => {
    const letter = letterOf(bytes);
    expect(letter).toMatchObject({ payload: bytes.toString('base64'), payload_encoding: 'base64' });
    expect(letter).not.toHaveProperty('payload_truncated');
  });

  it('is marked when it is truncated', () => {
    expect(letterOf(Buffer.from('{"a":'), 2_000_000)).toMatchObject({
      payload_encoding: 'base64',
      payload_truncated: true,
    });
  });
});

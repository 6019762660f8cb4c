import { DeadLetterPayloadEncoding, DeadLetterStatus } from '@app/contracts';
import type { DeadLetter } from '@app/messaging';
import { describe, expect, it } from '@jest/globals';
import { filterOf, letterMessage, statusesOf } from './dead-letter.messages.js';

const letterOf = (payload: Buffer, size = payload.length) => {
  const letter = { status: 'dead', headers: {}, errors: [], actions: [], payload, size };
  return letterMessage(letter as unknown as DeadLetter);
};
const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('the payload of a dead letter', () => {
  it.each(['{"a":1}', '"text"', '7', 'null', '[]', ' {"a": 1.50}\n', deep(512)])(
    'is sent as it is when it is %s',
    (text) => {
      expect(letterOf(Buffer.from(text))).toMatchObject({
        payload: text,
        payloadEncoding: DeadLetterPayloadEncoding.JSON,
      });
    },
  );

  it('is sent without its byte order mark, which is no JSON', () => {
    expect(letterOf(Buffer.from('\uFEFF{}'))).toMatchObject({ payload: '{}' });
  });

  it.each([
    ['no JSON', Buffer.from('garbage')],
    ['no text', Buffer.from([0x22, 0xff, 0x22])],
    ['nothing', Buffer.alloc(0)],
    ['JSON that parsers change', Buffer.from('{"a":1,"a":2,"b":9007199254740993}')],
    ['deeper than parsers can read', Buffer.from(deep(513))],
  ])('is sent as a text in base64 when it is %s', (_what, bytes) => {
    expect(letterOf(bytes)).toMatchObject({
      payload: JSON.stringify(bytes.toString('base64')),
      payloadEncoding: DeadLetterPayloadEncoding.BASE64,
      payloadTruncated: undefined,
    });
  });

  it('is marked when it is truncated', () => {
    expect(letterOf(Buffer.from('{"a":'), 2_000_000)).toMatchObject({
      payloadEncoding: DeadLetterPayloadEncoding.BASE64,
      payloadTruncated: true,
    });
  });
});

describe('a request for dead letters', () => {
  it('selects one status, or all of them', () => {
    expect(statusesOf(DeadLetterStatus.REDRIVEN)).toEqual(['redriven']);
    expect(statusesOf(DeadLetterStatus.ALL)).toEqual([
      'dead',
      'redriving',
      'redriven',
      'discarded',
      'resolved',
    ]);
  });

  it('selects any id when it has no list of ids', () => {
    expect(filterOf(undefined).ids).toBeUndefined();
    const filter = { queue: 'q', reason: undefined, type: undefined, since: undefined };
    expect(filterOf({ ...filter, ids: { values: ['a'] } })).toEqual({ ...filter, ids: ['a'] });
  });
});

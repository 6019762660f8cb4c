import { DeadLetterAction, EchoList, EchoRequest, ErrorInfo, validateEchoRequest } from '@app/contracts';
import { describe, expect, it } from '@jest/globals';
import { decodeRequest } from './decode-request.js';

const MARK = 'MARK';
/** Bytes that a client may send instead of a text of four bytes. */
const TEXTS: [what: string, bytes: number[]][] = [
  ['Latin-1', [0x61, 0xe9, 0x61, 0x61]],
  ['an overlong NUL', [0x61, 0xc0, 0x80, 0x61]],
  ['half of a surrogate pair', [0x61, 0xed, 0xa0, 0x80]],
  ['UTF-16', [0xff, 0xfe, 0x61, 0x00]],
  ['a character that breaks off', [0x61, 0x61, 0xf0, 0x9f]],
];
const item = { key: 'a', count: 1 };
const PLACES: [where: string, bytes: Uint8Array, path: string][] = [
  ['a field', EchoRequest.encode(EchoRequest.fromPartial({ name: MARK })).finish(), 'name'],
  ['an optional field', EchoRequest.encode(EchoRequest.fromPartial({ note: MARK })).finish(), 'note'],
  [
    'a field of a message in a list',
    EchoRequest.encode(EchoRequest.fromPartial({ items: [item, { key: MARK, count: 1 }] })).finish(),
    'items[1].key',
  ],
  [
    'a field of more than one word',
    DeadLetterAction.encode(DeadLetterAction.fromPartial({ messageId: MARK })).finish(),
    'message_id',
  ],
  [
    'a long text',
    EchoRequest.encode(EchoRequest.fromPartial({ name: MARK + 'é'.repeat(200) })).finish(),
    'name',
  ],
  [
    'the value of a map',
    ErrorInfo.encode(ErrorInfo.fromPartial({ metadata: { a: MARK } })).finish(),
    'metadata.a',
  ],
  [
    'the key of a map',
    ErrorInfo.encode(ErrorInfo.fromPartial({ metadata: { [MARK]: 'a' } })).finish(),
    String.raw`metadata.a\u0000bc`,
  ],
];

function codecOf(where: string) {
  if (where.includes('map')) return ErrorInfo;
  return where.includes('word') ? DeadLetterAction : EchoRequest;
}

function replaced(bytes: Uint8Array, text: readonly number[]): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(text, copy.indexOf(MARK));
  return copy;
}

describe.each(PLACES)('a request with %s', (where, bytes, path) => {
  const read = (text: readonly number[]) => decodeRequest<unknown>(replaced(bytes, text), codecOf(where));

  it.each(TEXTS)('that is %s is refused', (_what, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ reason: 'MALFORMED_MESSAGE' }));
  });

  it('that has a NUL is refused with the name of the field', () => {
    expect(() => read([0x61, 0, 0x62, 0x63])).toThrow(
      expect.objectContaining({
        reason: 'VALIDATION_FAILED',
        details: { issues: [{ path, message: expect.stringContaining('U+0000') }] },
      }),
    );
  });

  it('that is UTF-8 is read', () => {
    expect(JSON.stringify(read([...Buffer.from('😀')]))).toContain('😀');
  });
});

describe('a request with very many values', () => {
  const BYTES = 4 * 1024 * 1024;
  const repeated = (...bytes: number[]) => Buffer.alloc(BYTES, Buffer.from(bytes));
  const packed = Buffer.concat([Buffer.from([0x12, 0xf6, 0xff, 0xff, 0x01]), Buffer.alloc(BYTES - 10, 1)]);

  it.each([
    ['empty items', repeated(0x3a, 0), EchoRequest],
    ['empty texts', repeated(0x0a, 0), EchoRequest],
    ['unknown fields', repeated(0x7a, 0), EchoRequest],
    ['numbers in one field', packed, EchoList],
  ])('%s is refused after a part of it', (_what, bytes, codec) => {
    const refused = () => decodeRequest<unknown>(bytes, codec);
    expect(refused).toThrow(expect.objectContaining({ reason: 'VALIDATION_FAILED' }));
    expect(refused).toThrow(/must have at most 200000/);
  });

  it('is read when its items are merely too many: the rules say so', () => {
    const bytes = Buffer.alloc(2 * 60_000, Buffer.from([0x3a, 0]));
    const violations = validateEchoRequest(decodeRequest(bytes, EchoRequest));
    expect(violations).toContainEqual({ path: 'items', message: 'must have 1 to 3 items' });
    expect(violations.length).toBeLessThan(10);
  });

  it.each([
    ['groups', Buffer.alloc(BYTES, 0x7b)],
    ['a length beyond its end', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x7f])],
  ])('nested in %s is refused', (_what, bytes) => {
    const refused = () => decodeRequest(bytes, EchoRequest);
    expect(refused).toThrow(expect.objectContaining({ reason: 'MALFORMED_MESSAGE' }));
  });
});

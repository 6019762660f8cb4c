import { describe, expect, it } from '@jest/globals';
import { MAX_PAYLOAD_DEPTH, readJson } from './read-json.js';

const exact = (text: string | Buffer) => readJson(Buffer.from(text), { exactTo: MAX_PAYLOAD_DEPTH });
const nested = (depth: number, [open, close]: readonly [string, string], core = '') =>
  open.repeat(depth) + core + close.repeat(depth);

const KEPT = [
  '{"constructor":{"prototype":{"a":1}},"prototype":[],"toString":null,"hasOwnProperty":0}',
  '{"":1," ":2,"a":{"":""}}',
  '{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1}]}',
  '{"z":1,"a":2}',
  '[]',
  '{}',
  '"text"',
  'null',
  'true',
  '-7',
  '{"a":"","b":[],"c":{}}',
  String.raw`{"quote":"\"","slash":"\\","both":"\\\"","{":"}","[":"]",",":":"}`,
  String.raw`{"a":"{\"b\":1,\"b\":2}","1e400":"1e400"}`,
  String.raw`"\ud83d\ude00 \u00e9 \u0001"`,
  ' \t\r\n{ "a" : [ 1 , 2 ] } \n',
  '[0,-0,0.0,1.0,1e2,1E+2,1.50e-3,0.1,1e300,5e-324,9007199254740991,-9007199254740992,1e21,0e999]',
  '[123456789012345680000,0.30000000000000004,1.7976931348623157e308,100000000000000000000000]',
  nested(MAX_PAYLOAD_DEPTH, ['[', ']']),
  nested(MAX_PAYLOAD_DEPTH, ['{"a":', '}'], '1'),
  `{"${'k'.repeat(100_000)}":"${'v'.repeat(100_000)}"}`,
];

const CHANGED: [text: string, path: string, message: RegExp][] = [
  ['{"a":1,"a":1}', 'a', /more than once/],
  [String.raw`{"a":1,"\u0061":2}`, 'a', /more than once/],
  ['{"a":{"b":[0,{"c":1,"d":2,"c":3}]}}', 'a.b[1].c', /more than once/],
  ['[{"":1,"":2}]', '[0].""', /more than once/],
  [String.raw`{"\\":1,"\u005c":2}`, '\\', /more than once/],
  ['{"__proto__":1}', '__proto__', /not an allowed name/],
  ['[[{"a":{"__proto__":{"b":1}}}]]', '[0][0].a.__proto__', /not an allowed name/],
  [String.raw`{"\u005f_proto\u005F_":{}}`, '__proto__', /not an allowed name/],
  ['1e400', '', /exactly/],
  ['{"a":[1,-1e999]}', 'a[1]', /exactly/],
  ['1e-400', '', /exactly/],
  ['{"n":9007199254740993}', 'n', /exactly/],
  ['{"n":12345678901234567890}', 'n', /exactly/],
  ['[0.1000000000000000055511151231257827]', '[0]', /exactly/],
  ['[1.00000000000000001]', '[0]', /exactly/],
  ['[1.0e99999999999999999999]', '[0]', /exactly/],
  [nested(MAX_PAYLOAD_DEPTH + 1, ['[', ']']), `${'[0]'.repeat(64)}`, /deeper than 64/],
  [nested(100_000, ['{"a":', '}'], '1'), 'a.'.repeat(64).slice(0, -1), /deeper than 64/],
];

const UNSTORABLE: [text: string, path: string][] = [
  [String.raw`"\u0000"`, ''],
  [String.raw`{"a":["b","c\u0000d"]}`, 'a[1]'],
  [String.raw`{"a":{"\u0000":1}}`, String.raw`a.\u0000`],
  [String.raw`{"a":"\ud800"}`, 'a'],
  [String.raw`{"a":"\udc00\ud800"}`, 'a'],
  [String.raw`{"\uDFFF":1}`, '\ufffd'],
];

const NOT_UTF8 = [
  [0x22, 0xff, 0x22],
  [0x22, 0xc0, 0x80, 0x22], // an overlong NUL
  [0x22, 0xed, 0xa0, 0x80, 0x22], // half of a surrogate pair
  [0x22, 0xe9, 0x22], // Latin-1
  [0xff, 0xfe, 0x22, 0x00, 0x61, 0x00, 0x22, 0x00], // UTF-16 with its mark
  [0x1f, 0x8b, 0x08, 0x00], // gzip
  [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22], // beyond Unicode
];

describe('a JSON text without a schema', () => {
  it.each(KEPT)('is kept: %s', (text) => {
    const reading = exact(text);
    expect(reading.fault).toBeUndefined();
    expect(JSON.stringify('value' in reading && reading.value)).toBe(JSON.stringify(JSON.parse(text)));
  });

  it.each(CHANGED)('is rejected when parsing would change it: %s', (text, path, message) => {
    const { fault } = exact(text);
    expect(fault).toMatchObject({ kind: 'changed', message: expect.stringMatching(message) });
    expect(fault?.path).toBe(path.length > 200 ? `${path.slice(0, 201)}…` : path);
  });

  it('is scanned in one pass, even a hostile one', () => {
    const texts = [
      `"${'\\\\'.repeat(500_000)}"`,
      `[1.${'0'.repeat(500_000)}1]`,
      `{"a":1${'0'.repeat(500_000)}}`,
    ];
    const started = performance.now();
    for (const text of texts) exact(text);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('a JSON text', () => {
  it.each(UNSTORABLE)('is rejected with text that cannot be stored: %s', (text, path) => {
    for (const reading of [exact(text), readJson(Buffer.from(text))])
      expect(reading.fault).toMatchObject({ kind: 'unstorable', path });
  });

  it.each(NOT_UTF8)('is rejected when it is not UTF-8 (%#)', (...bytes) => {
    expect(readJson(Buffer.from(bytes)).fault).toMatchObject({ kind: 'encoding' });
  });

  it.each(['', ' ', '{', '{"a":01}', "{'a':1}", '"\0"', '[1,]', 'undefined', '\ufeff\ufeff1', '"\ud800'])(
    'is rejected when it is not JSON: %j',
    (text) => {
      expect(exact(text).fault).toMatchObject({ kind: 'syntax' });
    },
  );

  it('may begin with a byte order mark', () => {
    expect(exact('\ufeff{"a":1}')).toEqual({ value: { a: 1 } });
  });

  it('with a schema is rejected only with __proto__, at any depth', () => {
    for (const text of ['[{"__proto__":1}]', String.raw`{"a":{"__prot\u006f__":1}}`])
      expect(readJson(Buffer.from(text)).fault).toMatchObject({ kind: 'changed' });
    expect(readJson(Buffer.from('{"a":1,"a":2,"b":1e400}')).fault).toBeUndefined();
  });
});

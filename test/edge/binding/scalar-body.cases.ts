import {
  type BindingCase,
  BOOL,
  BYTES,
  ENUM,
  LIST,
  NUMBER,
  OBJECT,
  RANGE,
  TEXT,
  UNKNOWN,
  WHOLE,
} from './binding-case.js';

/** The text of a body with one field, whose value is written as it is. */
const bodyOf = (name: string, json: string) => `{"${name}":${json}}`;

/** Sends a field with a JSON text, which is bound. */
function accepts(name: string, json: string, value: unknown): BindingCase {
  const key = name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
  return {
    send: ['POST', '/v1/scalars'],
    body: bodyOf(name, json),
    binds: ['BodiesService.Scalars', { [key]: value }],
  };
}

function refuses(name: string, message: string, ...jsons: string[]): BindingCase[] {
  return jsons.map((json) => ({
    send: ['POST', '/v1/scalars'],
    body: bodyOf(name, json),
    issues: [[name, message]],
  }));
}

const SIGNED_32 = ['int32_value', 'sint32_value', 'sfixed32_value'];
const UNSIGNED_32 = ['uint32_value', 'fixed32_value'];
const SIGNED_64 = ['int64_value', 'sint64_value', 'sfixed64_value'];
const UNSIGNED_64 = ['uint64_value', 'fixed64_value'];
const INTEGERS = [...SIGNED_32, ...UNSIGNED_32, ...SIGNED_64, ...UNSIGNED_64];
const DOUBLES = ['double_value', 'float_value'];
const MAX = '9007199254740991';

/** Every scalar type as a field of a body. */
export const scalarBodyCases: readonly BindingCase[] = [
  ...SIGNED_32.flatMap((name) => [
    accepts(name, '2147483647', 2147483647),
    accepts(name, '-2147483648', -2147483648),
    ...refuses(name, RANGE, '2147483648', '-2147483649', '1e10'),
  ]),
  ...UNSIGNED_32.flatMap((name) => [
    accepts(name, '4294967295', 4294967295),
    ...refuses(name, RANGE, '4294967296', '-1'),
  ]),
  ...SIGNED_64.flatMap((name) => [
    accepts(name, MAX, Number(MAX)),
    accepts(name, `-${MAX}`, -Number(MAX)),
    ...refuses(name, RANGE, '9007199254740992', '-9007199254740992', '9007199254740993', '1e300'),
  ]),
  ...UNSIGNED_64.flatMap((name) => [
    accepts(name, MAX, Number(MAX)),
    ...refuses(name, RANGE, '9007199254740992', '18446744073709551615', '-1'),
  ]),
  ...INTEGERS.flatMap((name) => [
    accepts(name, '0', 0),
    accepts(name, '1.0', 1),
    accepts(name, '1e2', 100),
    accepts(name, '120e-1', 12),
    ...refuses(name, WHOLE, '1.5', '"1"', '""', 'null', 'true', '[]', '[1]', '{}', '"NaN"', '1e400'),
  ]),
  ...DOUBLES.flatMap((name) => [
    accepts(name, '0', 0),
    accepts(name, '1.5', 1.5),
    accepts(name, '-5e-1', -0.5),
    accepts(name, '"NaN"', NaN),
    accepts(name, '"Infinity"', Infinity),
    accepts(name, '"-Infinity"', -Infinity),
    ...refuses(name, NUMBER, '"1.5"', '"nan"', '"INF"', '""', 'null', 'true', '[]', '{}', '1e400', '-1e400'),
  ]),
  accepts('double_value', '1.7976931348623157e308', Number.MAX_VALUE),
  accepts('double_value', '5e-324', 5e-324),
  accepts('float_value', '3.4028234663852886e38', 3.4028234663852886e38),
  ...refuses('float_value', RANGE, '3.5e38', '-3.5e38', '1e300'),
  accepts('bool_value', 'true', true),
  accepts('bool_value', 'false', false),
  ...refuses('bool_value', BOOL, '"true"', '1', '0', '""', 'null', '[]', '{}'),
  accepts('string_value', '""', ''),
  accepts('string_value', '"null"', 'null'),
  accepts('string_value', '"\\u20ac\\ud83d\\ude00 \\n"', '€😀 \n'),
  accepts('string_value', '"\ufeffa"', '\ufeffa'),
  ...refuses('string_value', TEXT, '1', 'true', 'null', '[]', '["a"]', '{}'),
  ...refuses('string_value', 'must not contain', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"'),
  accepts('bytes_value', '""', Buffer.alloc(0)),
  ...['"aGk="', '"aGk"'].map((json) => accepts('bytes_value', json, Buffer.from('hi'))),
  ...['"+/8="', '"-_8="', '"-_8"', '"+/8"'].map((json) =>
    accepts('bytes_value', json, Buffer.from([0xfb, 0xff])),
  ),
  ...refuses('bytes_value', BYTES, '"a"', '"aGk!"', '" aGk="', '"aGk=="', '"a=Gk"', '"aGl="', '"===="'),
  ...refuses('bytes_value', BYTES, 'null', '1', '[104,105]', '{}'),
  accepts('color', '"COLOR_RED"', 1),
  accepts('color', '"COLOR_INFRARED"', -1),
  accepts('color', '1', 1),
  accepts('color', '-1', -1),
  ...refuses('color', ENUM, '"RED"', '"color_red"', '"1"', '9', '1.5', '""', 'null', 'true', '[]', '{}'),
  ...refuses('color', ENUM, '"toString"', '"constructor"', '"__proto"'),
  accepts('period', '"24h"', 2),
  ...refuses(
    'period',
    ENUM,
    '"PERIOD_DAY"',
    '"PERIOD_UNSPECIFIED"',
    '2',
    '0',
    '""',
    'null',
    '"24H"',
    '"24h "',
  ),
];

const scalars = (body: unknown): Pick<BindingCase, 'send' | 'body'> => ({
  send: ['POST', '/v1/scalars'],
  body,
});
const MALFORMED = [400, 'MALFORMED_BODY'] as const;

/** The body as a whole. */
export const topLevelCases: readonly BindingCase[] = [
  { ...scalars({}), binds: ['BodiesService.Scalars', {}] },
  { ...scalars(' \t\r\n{ } \n'), binds: ['BodiesService.Scalars', {}] },
  // RFC 8259 allows a parser to skip a byte order mark.
  { ...scalars('\ufeff{"int32_value":1}'), binds: ['BodiesService.Scalars', { int32Value: 1 }] },
  { send: ['POST', '/v1/scalars'], binds: ['BodiesService.Scalars', {}] },
  { ...scalars(''), binds: ['BodiesService.Scalars', {}] },
  ...['[]', '[{}]', '"text"', '1', 'null', 'true'].map((body): BindingCase => ({
    ...scalars(body),
    issues: [['', OBJECT]],
  })),
  ...[' ', '{', '{}}', '{}{}', 'undefined', "{'a':1}", '{"a":1,}', '{"a":01}', '{"a":.5}', '{"a":NaN}'].map(
    (body): BindingCase => ({ ...scalars(body), fails: MALFORMED }),
  ),
  ...['{"__proto__":1}', '{"string_value":{"__proto__":1}}', '{"\\u005f_proto__":{}}'].map(
    (body): BindingCase => ({ ...scalars(body), fails: MALFORMED }),
  ),
  { ...scalars(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), fails: MALFORMED },
  // The last member of a name counts.
  { ...scalars('{"int32_value":"a","int32_value":2}'), binds: ['BodiesService.Scalars', { int32Value: 2 }] },
  {
    ...scalars('{"int32_value":1,"int32\\u005fvalue":2}'),
    binds: ['BodiesService.Scalars', { int32Value: 2 }],
  },
];

/** Names of a body that no field has. */
export const unknownFieldCases: readonly BindingCase[] = [
  ...[
    'colour',
    'int32Value',
    'INT32_VALUE',
    '',
    ' ',
    'constructor',
    'toString',
    'hasOwnProperty',
    'prototype',
  ].map((name): BindingCase => ({ ...scalars({ [name]: 1 }), issues: [[name, UNKNOWN]] })),
  {
    ...scalars({ int32_value: 'a', colour: 1 }),
    issues: [
      ['int32_value', WHOLE],
      ['colour', UNKNOWN],
    ],
  },
  { ...scalars({ colour: null }), issues: [['colour', UNKNOWN]] },
  {
    send: ['POST', '/v1/names'],
    body: {
      constructor: 'a',
      to_string: 'b',
      value_of: 'c',
      has_own_property: 'd',
      length: 'e',
      issues: 'f',
    },
    binds: [
      'BodiesService.Names',
      { constructor: 'a', toString: 'b', valueOf: 'c', hasOwnProperty: 'd', length: 'e', issues: 'f' },
    ],
  },
  { send: ['POST', '/v1/names'], body: {}, binds: ['BodiesService.Names', {}] },
  { send: ['POST', '/v1/names'], body: { toString: 'a' }, issues: [['toString', UNKNOWN]] },
];

const LISTS: readonly (readonly [name: string, good: unknown[], bad: unknown, message: string])[] = [
  ['doubles', [1.5, 'NaN'], 'x', NUMBER],
  ['floats', [1.5], 1e39, RANGE],
  ['int32s', [1, 1e2], 1.5, WHOLE],
  ['int64s', [1], '1', WHOLE],
  ['uint32s', [1], -1, RANGE],
  ['uint64s', [1], -1, RANGE],
  ['bools', [true, false], 1, BOOL],
  ['strings', ['', 'a', 'a'], 1, TEXT],
  ['colors', [1, 2], 'RED', ENUM],
];

/** Lists of scalars. */
export const listCases: readonly BindingCase[] = [
  { send: ['POST', '/v1/lists'], body: {}, binds: ['BodiesService.Lists', {}] },
  ...LISTS.flatMap(([name, good, bad, message]): BindingCase[] => [
    { send: ['POST', '/v1/lists'], body: { [name]: [] }, binds: ['BodiesService.Lists', { [name]: [] }] },
    {
      send: ['POST', '/v1/lists'],
      body: { [name]: good },
      binds: ['BodiesService.Lists', { [name]: good.map((item) => (item === 'NaN' ? NaN : item)) }],
    },
    ...[null, {}, 'a', 1, good[0]].map((value): BindingCase => ({
      send: ['POST', '/v1/lists'],
      body: { [name]: value },
      issues: [[name, LIST]],
    })),
    { send: ['POST', '/v1/lists'], body: { [name]: [good[0], bad] }, issues: [[`${name}[1]`, message]] },
    ...[[null], [[]]].map((value): BindingCase => ({
      send: ['POST', '/v1/lists'],
      body: { [name]: value },
      issues: [[`${name}[0]`, message === RANGE ? 'must be' : message]],
    })),
  ]),
  {
    send: ['POST', '/v1/lists'],
    body: { blobs: ['aGk', ''], periods: ['1h', 'all'] },
    binds: ['BodiesService.Lists', { blobs: [Buffer.from('hi'), Buffer.alloc(0)], periods: [1, 3] }],
  },
];

import {
  type BindingCase,
  BOOL,
  BYTES,
  DURATION,
  ENUM,
  type Issue,
  NUMBER,
  ONE_OF,
  RANGE,
  TIME,
  TWICE,
  UNKNOWN,
  WHOLE,
} from './binding-case.js';

function binds(method: string, query: string, request: object): BindingCase {
  return {
    send: ['GET', `/v1/query/${pathOf(method)}?${query}`],
    binds: [`QueriesService.${method}`, request],
  };
}

function refuses(method: string, query: string, ...issues: Issue[]): BindingCase {
  return { send: ['GET', `/v1/query/${pathOf(method)}?${query}`], issues };
}

const pathOf = (method: string) => (method === 'WellKnown' ? 'well-known' : method.toLowerCase());

/** Scalars, absent and optional ones. */
export const scalarQueryCases: readonly BindingCase[] = [
  binds('Scalars', '', {}),
  binds('Scalars', '&&', {}),
  binds('Scalars', 'double_value=1.5&float_value=-2.5&int32_value=-3&int64_value=4&uint32_value=5', {
    doubleValue: 1.5,
    floatValue: -2.5,
    int32Value: -3,
    int64Value: 4,
    uint32Value: 5,
  }),
  binds('Scalars', 'uint64_value=6&sint32_value=-7&sint64_value=-8&fixed32_value=9&fixed64_value=10', {
    uint64Value: 6,
    sint32Value: -7,
    sint64Value: -8,
    fixed32Value: 9,
    fixed64Value: 10,
  }),
  binds('Scalars', 'sfixed32_value=-11&sfixed64_value=-12&bool_value=true&color=COLOR_GREEN&period=1h', {
    sfixed32Value: -11,
    sfixed64Value: -12,
    boolValue: true,
    color: 2,
    period: 1,
  }),
  binds('Scalars', 'string_value=a+b', { stringValue: 'a b' }),
  binds('Scalars', 'string_value=a%2Bb%26c%3Dd', { stringValue: 'a+b&c=d' }),
  binds('Scalars', 'string_value=a=b', { stringValue: 'a=b' }),
  binds('Scalars', 'string%5Fvalue=a', { stringValue: 'a' }),
  binds('Scalars', 'string_value=', { stringValue: '' }),
  binds('Scalars', 'string_value', { stringValue: '' }),
  ...['%zz', 'a%', '%FF'].map((text): BindingCase => ({
    send: ['GET', `/v1/query/scalars?string_value=${text}`],
    fails: [400, 'MALFORMED_REQUEST'],
  })),
  binds('Scalars', 'string_value=null', { stringValue: 'null' }),
  binds('Scalars', 'string_value=%E2%82%AC', { stringValue: '€' }),
  binds('Scalars', 'bytes_value=aGk%3D', { bytesValue: Buffer.from('hi') }),
  binds('Scalars', 'bytes_value=-_8', { bytesValue: Buffer.from([0xfb, 0xff]) }),
  binds('Scalars', 'bytes_value=', { bytesValue: Buffer.alloc(0) }),
  binds('Scalars', 'color=1', { color: 1 }),
  refuses('Scalars', 'int32_value=', ['int32_value', WHOLE]),
  refuses('Scalars', 'int32_value', ['int32_value', WHOLE]),
  refuses('Scalars', 'int32_value=1.5', ['int32_value', WHOLE]),
  refuses('Scalars', 'int32_value=1e2', ['int32_value', WHOLE]),
  refuses('Scalars', 'int32_value=null', ['int32_value', WHOLE]),
  refuses('Scalars', 'int32_value=2147483648', ['int32_value', RANGE]),
  refuses('Scalars', 'int32_value=-2147483649', ['int32_value', RANGE]),
  refuses('Scalars', 'uint64_value=-1', ['uint64_value', RANGE]),
  refuses('Scalars', 'int64_value=9007199254740993', ['int64_value', RANGE]),
  refuses('Scalars', 'double_value=', ['double_value', NUMBER]),
  refuses('Scalars', 'float_value=1e39', ['float_value', RANGE]),
  refuses('Scalars', 'bool_value=', ['bool_value', BOOL]),
  refuses('Scalars', 'bool_value=1', ['bool_value', BOOL]),
  refuses('Scalars', 'bytes_value=a', ['bytes_value', BYTES]),
  refuses('Scalars', 'color=', ['color', ENUM]),
  refuses('Scalars', 'period=2', ['period', ENUM]),
  refuses('Scalars', 'int32_value=1&int32_value=2', ['int32_value', TWICE]),
  refuses('Scalars', 'int32_value=1&int32_value=1', ['int32_value', TWICE]),
  refuses('Scalars', 'string_value=a&string%5Fvalue=b', ['string_value', TWICE]),
  refuses('Scalars', 'int32_value=a&bool_value=b', ['int32_value', WHOLE], ['bool_value', BOOL]),
  binds('Optionals', '', {}),
  binds('Optionals', 'int32_value=0&bool_value=false&string_value=&color=0&double_value=0', {
    int32Value: 0,
    boolValue: false,
    stringValue: '',
    color: 0,
    doubleValue: 0,
  }),
  refuses('Optionals', 'int32_value=&color=', ['int32_value', WHOLE], ['color', ENUM]),
];

/** Names that no field has. */
export const nameQueryCases: readonly BindingCase[] = [
  ...[
    'colour',
    'int32Value',
    'INT32_VALUE',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'constructor.prototype.x',
    'int32_value[]',
    'int32_value.x',
    ' int32_value',
    '',
  ].map((name) => refuses('Scalars', `${encodeURIComponent(name)}=1`, [name, UNKNOWN])),
  refuses('Nothing', 'a=1', ['a', UNKNOWN]),
  { send: ['GET', '/v1/query/nothing'], binds: ['QueriesService.Nothing', {}] },
  { send: ['POST', '/v1/query/without-body?name=a'], binds: ['QueriesService.WithoutBody', { name: 'a' }] },
  binds(
    'Names',
    'constructor=1&to_string=2&value_of=3&has_own_property=4&prototype=5&length=6&class=7&default=8&with_1_digit=9',
    {
      constructor: '1',
      toString: '2',
      valueOf: '3',
      hasOwnProperty: '4',
      prototype: '5',
      length: '6',
      class: '7',
      default: '8',
      with1Digit: '9',
    },
  ),
  binds('Names', '', {}),
  refuses('Names', 'constructor=1&constructor=2', ['constructor', TWICE]),
];

/** Lists, nested messages and messages that are one parameter. */
export const nestedQueryCases: readonly BindingCase[] = [
  binds('Lists', '', {}),
  binds('Lists', 'strings=a', { strings: ['a'] }),
  binds('Lists', 'strings=a&int32s=1&strings=b&strings=a', { strings: ['a', 'b', 'a'], int32s: [1] }),
  binds('Lists', 'strings=', { strings: [''] }),
  binds('Lists', 'strings=a,b', { strings: ['a,b'] }),
  binds('Lists', 'colors=COLOR_RED&colors=2&periods=24h&periods=1h', { colors: [1, 2], periods: [2, 1] }),
  binds('Lists', 'bools=true&bools=false&doubles=1.5&blobs=aGk', {
    bools: [true, false],
    doubles: [1.5],
    blobs: [Buffer.from('hi')],
  }),
  refuses('Lists', 'int32s=1&int32s=x&int32s=', ['int32s[1]', WHOLE], ['int32s[2]', WHOLE]),
  refuses('Lists', 'strings[]=a', ['strings[]', UNKNOWN]),
  refuses('Lists', 'strings[0]=a', ['strings[0]', UNKNOWN]),
  refuses('Lists', 'strings.0=a', ['strings.0', UNKNOWN]),
  binds('Nested', 'limit=3', { limit: 3 }),
  binds(
    'Nested',
    'filter.range.from=1&filter.tags=a&filter.tags=b&filter.color=COLOR_RED&filter.since=2026-03-01T00:00:00Z',
    { filter: { range: { from: 1 }, tags: ['a', 'b'], color: 1, since: new Date('2026-03-01T00:00:00Z') } },
  ),
  binds('Nested', 'filter.tags=a', { filter: { range: undefined, tags: ['a'], color: 0, since: undefined } }),
  ...['filter', 'filter.range', 'filter.', 'filter.unknown', 'filter.__proto__', 'filter.constructor'].map(
    (name) => refuses('Nested', `${name}=1`, [name, UNKNOWN]),
  ),
  refuses('Nested', 'filter[range][from]=1', ['filter[range][from]', UNKNOWN]),
  refuses('Nested', 'filter.range.from=a', ['filter.range.from', WHOLE]),
  refuses('Nested', 'filter.color=a&filter.since=b', ['filter.color', ENUM], ['filter.since', TIME]),
  refuses('Nested', 'filter.color=0&filter.color=1', ['filter.color', TWICE]),
  binds('WellKnown', 'timestamp=2026-03-01T01:30:00%2B01:30&duration=1.5s&field_mask=a,b.c', {
    timestamp: new Date('2026-03-01T00:00:00Z'),
    duration: { seconds: 1, nanos: 500_000_000 },
    fieldMask: ['a', 'b.c'],
  }),
  binds('WellKnown', 'double_value=0&int64_value=0&bool_value=false&string_value=&bytes_value=', {
    doubleValue: 0,
    int64Value: 0,
    boolValue: false,
    stringValue: '',
    bytesValue: Buffer.alloc(0),
  }),
  binds('WellKnown', 'string_value=null', { stringValue: 'null' }),
  // A plus is a space in a query.
  refuses('WellKnown', 'timestamp=2026-03-01T01:30:00+01:30', ['timestamp', TIME]),
  refuses('WellKnown', 'timestamp=1772323200', ['timestamp', TIME]),
  refuses('WellKnown', 'timestamp=&duration=', ['timestamp', TIME], ['duration', DURATION]),
  refuses('WellKnown', 'int64_value=null', ['int64_value', WHOLE]),
  refuses('WellKnown', 'timestamp.seconds=1', ['timestamp.seconds', UNKNOWN]),
  refuses('WellKnown', 'string_value.value=a', ['string_value.value', UNKNOWN]),
  binds('Choices', '', {}),
  binds('Choices', 'text=a', { target: { $case: 'text', value: 'a' } }),
  binds('Choices', 'text=', { target: { $case: 'text', value: '' } }),
  binds('Choices', 'number=0&note=n', { target: { $case: 'number', value: 0 }, note: 'n' }),
  binds('Choices', 'range.from=1&range.to=2', { target: { $case: 'range', value: { from: 1, to: 2 } } }),
  binds('Choices', 'at=2026-03-01T00:00:00Z', {
    target: { $case: 'at', value: new Date('2026-03-01T00:00:00Z') },
  }),
  refuses('Choices', 'text=a&number=1', ['number', ONE_OF]),
  refuses('Choices', 'text=a&range.from=1', ['range.from', ONE_OF]),
  refuses('Choices', 'target=a', ['target', UNKNOWN]),
];

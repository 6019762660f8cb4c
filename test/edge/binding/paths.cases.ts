import { type BindingCase, BOOL, BYTES, ENUM, NUMBER, RANGE, UNKNOWN, WHOLE } from './binding-case.js';

const NOT_FOUND = [404, 'ROUTE_NOT_FOUND'] as const;
const NOT_ALLOWED = [405, 'METHOD_NOT_ALLOWED'] as const;

/** Expects that a GET runs a method with a name. */
function named(url: string, method: string, name: string): BindingCase {
  return { send: ['GET', url], binds: [`TemplatesService.${method}`, { name }] };
}

function fails(method: string, url: string, error: readonly [number, string]): BindingCase {
  return { send: [method, url], fails: error };
}

/** Templates and verbs. */
export const templateCases: readonly BindingCase[] = [
  named('/v1/one/a', 'OneSegment', 'a'),
  named('/v1/one/a?', 'OneSegment', 'a'),
  named('/v1/wildcards/a', 'OneWildcard', 'a'),
  named('/v1/shelves/1', 'Shelf', 'shelves/1'),
  named('/v1/shelves/1/books/2', 'ShelvedBook', 'shelves/1/books/2'),
  named('/v1/rest/a', 'Rest', 'a'),
  named('/v1/rest/a/b/c', 'Rest', 'a/b/c'),
  named('/v1/rest/a/', 'Rest', 'a/'),
  named('/v1/rest/a//b', 'Rest', 'a//b'),
  named('/v1/folders/a', 'Folder', 'folders/a'),
  named('/v1/folders/a/b/c', 'Folder', 'folders/a/b/c'),
  // ** stands for zero or more segments.
  named('/v1/rest', 'Rest', ''),
  named('/v1/folders', 'Folder', 'folders'),
  named('/v1/verbs/a', 'PlainVerb', 'a'),
  named('/v1/verbs/search', 'PlainVerb', 'search'),
  named('/v1/verbs:search', 'Search', ''),
  named('/v1/verbs:search?name=a', 'Search', 'a'),
  named('/v1/verbs/a:inspect', 'Inspect', 'a'),
  named('/v1/verbs/a:inspect?', 'Inspect', 'a'),
  // A verb follows the last colon.
  named('/v1/verbs/a:b:inspect', 'Inspect', 'a:b'),
  // An encoded colon is a part of the value.
  named('/v1/verbs/a%3Ainspect', 'PlainVerb', 'a:inspect'),
  // Another verb is a part of the value, when a template without a verb matches.
  named('/v1/verbs/a:other', 'PlainVerb', 'a:other'),
  { send: ['POST', '/v1/verbs/a:restore'], binds: ['TemplatesService.Restore', { name: 'a' }] },
  {
    send: ['POST', '/v1/drawers/7:archive'],
    body: { labels: ['x'] },
    binds: ['TemplatesService.Archive', { name: 'drawers/7', labels: ['x'] }],
  },
  { send: ['GET', '/v1/pairs/a/b'], binds: ['TemplatesService.TwoSegments', { first: 'a', second: 'b' }] },
  {
    send: ['GET', '/v1/shelves/1/pages/7'],
    binds: ['TemplatesService.ShelvedPage', { parent: 'shelves/1', number: 7 }],
  },
  {
    send: ['GET', '/v1/tenants/t/files/a/b.txt:read'],
    binds: ['TemplatesService.ReadFile', { tenant: 't', name: 'files/a/b.txt' }],
  },
  {
    send: ['GET', '/v1/tenants/t/files/a:b:read'],
    binds: ['TemplatesService.ReadFile', { tenant: 't', name: 'files/a:b' }],
  },
  {
    send: ['GET', '/v1/nested/7'],
    binds: ['TemplatesService.Nested', { book: { id: '7', title: '', pages: 0 } }],
  },
  {
    send: ['GET', '/v1/nested/7?book.title=t&validate_only=true'],
    binds: ['TemplatesService.Nested', { book: { id: '7', title: 't', pages: 0 }, validateOnly: true }],
  },
  {
    send: ['PATCH', '/v1/nested/books/7?validate_only=true'],
    body: { title: 't' },
    binds: [
      'TemplatesService.NestedPattern',
      { book: { id: 'books/7', title: 't', pages: 0 }, validateOnly: true },
    ],
  },
  fails('GET', '/v1/one/', NOT_FOUND),
  fails('GET', '/v1/one', NOT_FOUND),
  fails('GET', '/v1/one/a/', NOT_FOUND),
  fails('GET', '/v1/one/a/b', NOT_FOUND),
  fails('GET', '/v1/pairs/a', NOT_FOUND),
  fails('GET', '/v1/pairs//b', NOT_FOUND),
  fails('GET', '/v1/shelves', NOT_FOUND),
  fails('GET', '/v1/shelves/', NOT_FOUND),
  fails('GET', '/v1/shelves/1/2', NOT_FOUND),
  fails('GET', '/v1/shelves/1/books', NOT_FOUND),
  fails('GET', '/v1/shelves//books/2', NOT_FOUND),
  fails('GET', '/v1/shelves/1/books/2/3', NOT_FOUND),
  fails('GET', '/v1/tenants/t/files/a', NOT_FOUND),
  fails('GET', '/v1/tenants/t/files/a:write', NOT_FOUND),
  fails('GET', '/v1/tenants/t/files/a%3Aread', NOT_FOUND),
  fails('POST', '/v1/drawers/7', NOT_FOUND),
  fails('POST', '/v1/drawers/7:other', NOT_FOUND),
  fails('GET', '/v1/drawers/7:archive', NOT_ALLOWED),
  fails('POST', '/v1/one/a', NOT_ALLOWED),
  fails('DELETE', '/v1/shelves/1', NOT_ALLOWED),
  fails('POST', '/v1/verbs:search', NOT_ALLOWED),
  fails('PUT', '/v1/verbs/a:inspect', NOT_ALLOWED),
  fails('GET', '/ganymede.conformance.v1.TemplatesService/Hidden', NOT_FOUND),
];

/** Percent-encoding. */
export const encodingCases: readonly BindingCase[] = [
  // One segment: everything is decoded once.
  named('/v1/one/a%2Fb', 'OneSegment', 'a/b'),
  named('/v1/one/a%2fb', 'OneSegment', 'a/b'),
  named('/v1/one/a%25b', 'OneSegment', 'a%b'),
  named('/v1/one/a%252Fb', 'OneSegment', 'a%2Fb'),
  named('/v1/one/a%20b', 'OneSegment', 'a b'),
  named('/v1/one/a+b', 'OneSegment', 'a+b'),
  named('/v1/one/%E2%82%AC', 'OneSegment', '€'),
  named('/v1/one/%F0%9F%98%80', 'OneSegment', '😀'),
  named('/v1/one/a:b', 'OneSegment', 'a:b'),
  named('/v1/one/a;b=c', 'OneSegment', 'a;b=c'),
  named('/v1/one/a,b', 'OneSegment', 'a,b'),
  named('/v1/one/..', 'OneSegment', '..'),
  named('/v1/one/%2E%2E', 'OneSegment', '..'),
  named('/v1/one/a%3Fb', 'OneSegment', 'a?b'),
  named('/v1/one/a%23b', 'OneSegment', 'a#b'),
  named('/v1/one/__proto__', 'OneSegment', '__proto__'),
  named('/v1/one/constructor', 'OneSegment', 'constructor'),
  named('/v1/wildcards/a%2Fb', 'OneWildcard', 'a/b'),
  named('/v1/verbs/a%2Fb:inspect', 'Inspect', 'a/b'),
  named('/v1/%6fne/a', 'OneSegment', 'a'),
  // Several segments: %2F stays, because it is no border between segments.
  named('/v1/shelves/a%2Fb', 'Shelf', 'shelves/a%2Fb'),
  named('/v1/shelves/a%2fb', 'Shelf', 'shelves/a%2fb'),
  named('/v1/shelves/a%20b', 'Shelf', 'shelves/a b'),
  named('/v1/shelves/a%25b', 'Shelf', 'shelves/a%b'),
  named('/v1/shelves/a+b', 'Shelf', 'shelves/a+b'),
  named('/v1/shelves/%E2%82%AC', 'Shelf', 'shelves/€'),
  named('/v1/shelves/a%3Ab', 'Shelf', 'shelves/a:b'),
  named('/v1/%73helves/1', 'Shelf', 'shelves/1'),
  named('/v1/shelves/a%2Fb/books/c%2Fd', 'ShelvedBook', 'shelves/a%2Fb/books/c%2Fd'),
  named('/v1/rest/a%2Fb/c', 'Rest', 'a%2Fb/c'),
  named('/v1/rest/a%20b/%E2%82%AC', 'Rest', 'a b/€'),
  named('/v1/rest/a;b', 'Rest', 'a;b'),
  named('/v1/folders/a%2Fb/c', 'Folder', 'folders/a%2Fb/c'),
  {
    send: ['GET', '/v1/pairs/a%2Fb/c'],
    binds: ['TemplatesService.TwoSegments', { first: 'a/b', second: 'c' }],
  },
  {
    send: ['GET', '/v1/shelves/a%2Fb/pages/7'],
    binds: ['TemplatesService.ShelvedPage', { parent: 'shelves/a%2Fb', number: 7 }],
  },
  {
    send: ['GET', '/v1/tenants/a%2Fb/files/c%2Fd:read'],
    binds: ['TemplatesService.ReadFile', { tenant: 'a/b', name: 'files/c%2Fd' }],
  },
  fails('GET', '/v1/one/%zz', [400, 'MALFORMED_REQUEST']),
  fails('GET', '/v1/one/%', [400, 'MALFORMED_REQUEST']),
  fails('GET', '/v1/one/%E2%82', [400, 'MALFORMED_REQUEST']),
  fails('GET', '/v1/one/%FF', [400, 'MALFORMED_REQUEST']),
  fails('GET', '/v1/shelves/%zz', [400, 'MALFORMED_REQUEST']),
  fails('GET', '/v1/rest/a/%E2%82', [400, 'MALFORMED_REQUEST']),
  fails('GET', '/v1/verbs/%FF:inspect', [400, 'MALFORMED_REQUEST']),
];

const TYPED = ['1', '2', 'true', '1.5', 'COLOR_RED', '24h', 'aGk'];
const NAMES = ['int64_value', 'uint32_value', 'bool_value', 'double_value', 'color', 'period', 'bytes_value'];
const BOUND = {
  int64Value: 1,
  uint32Value: 2,
  boolValue: true,
  doubleValue: 1.5,
  color: 1,
  period: 2,
  bytesValue: Buffer.from('hi'),
};

/** A path of all types, in which one segment has another text. */
function typed(at: number, text: string, expected: object | string): BindingCase {
  const send = ['GET', `/v1/typed/${TYPED.with(at, text).join('/')}`] as const;
  return typeof expected === 'string'
    ? { send, issues: [[NAMES[at] ?? '', expected]] }
    : { send, binds: ['TemplatesService.TypedSegments', { ...BOUND, ...expected }] };
}

/** Variables that are no texts. */
export const typedPathCases: readonly BindingCase[] = [
  typed(0, '1', {}),
  typed(0, '-9007199254740991', { int64Value: -9007199254740991 }),
  typed(0, '9007199254740991', { int64Value: 9007199254740991 }),
  ...['9007199254740992', '-9007199254740992', '9007199254740993', '18446744073709551615'].map((text) =>
    typed(0, text, RANGE),
  ),
  ...['a', '1.5', '1e2', '0x1', '1_000', '+1', '%201', 'NaN', '99999999999999999999999'].map((text) =>
    typed(0, text, WHOLE),
  ),
  typed(1, '0', { uint32Value: 0 }),
  typed(1, '4294967295', { uint32Value: 4294967295 }),
  typed(1, '4294967296', RANGE),
  typed(1, '-1', RANGE),
  typed(2, 'false', { boolValue: false }),
  ...['1', '0', 'TRUE', 'True', 'yes', 'null'].map((text) => typed(2, text, BOOL)),
  typed(3, '-1e3', { doubleValue: -1000 }),
  typed(3, 'NaN', { doubleValue: NaN }),
  typed(3, '-Infinity', { doubleValue: -Infinity }),
  ...['a', '1,5', '0x1', 'Inf', '1e', '--1', '1e999'].map((text) => typed(3, text, NUMBER)),
  typed(4, '-1', { color: -1 }),
  typed(4, 'COLOR_INFRARED', { color: -1 }),
  typed(4, 'COLOR_UNSPECIFIED', { color: 0 }),
  ...['RED', 'color_red', 'COLOR_BLUE', '9', '1.0', 'toString', 'constructor'].map((text) =>
    typed(4, text, ENUM),
  ),
  typed(5, '1h', { period: 1 }),
  typed(5, 'all', { period: 3 }),
  ...['1', 'PERIOD_DAY', 'PERIOD_UNSPECIFIED', '24H', ''.padEnd(200, 'x')].map((text) =>
    typed(5, text, ENUM),
  ),
  typed(6, '-_8', { bytesValue: Buffer.from([0xfb, 0xff]) }),
  typed(6, '%2B%2F8%3D', { bytesValue: Buffer.from([0xfb, 0xff]) }),
  ...['a', 'a%20b', 'aGk!', 'aGl'].map((text) => typed(6, text, BYTES)),
  {
    send: ['GET', '/v1/typed/a/b/c/d/e/f/!'],
    issues: NAMES.map(
      (name, at) => [name, [WHOLE, WHOLE, BOOL, NUMBER, ENUM, ENUM, BYTES][at] ?? ''] as const,
    ),
  },
  { send: ['GET', '/v1/shelves/1/pages/x'], issues: [['number', WHOLE]] },
];

/** Fields of the path are not in the query or the body, and several bindings of one method. */
export const bindingCases: readonly BindingCase[] = [
  { send: ['GET', '/v1/one/a?name=b'], issues: [['name', UNKNOWN]] },
  { send: ['GET', '/v1/nested/7?book.id=8'], issues: [['book.id', UNKNOWN]] },
  { send: ['POST', '/v1/drawers/7:archive'], body: { name: 'drawers/8' }, issues: [['name', UNKNOWN]] },
  // With body: "*" no field is in the query.
  { send: ['POST', '/v1/drawers/7:archive?labels=x'], body: {}, issues: [['labels', UNKNOWN]] },
  {
    send: ['PUT', '/v1/moves/7'],
    body: { label: 'l', count: 2, range: { from: 1 } },
    binds: ['TemplatesService.Move', { id: '7', label: 'l', count: 2, range: { from: 1 } }],
  },
  {
    send: ['POST', '/v1/moves/7:move?label=l'],
    body: { from: 1, to: 2 },
    binds: ['TemplatesService.Move', { id: '7', label: 'l', range: { from: 1, to: 2 } }],
  },
  {
    send: ['GET', '/v1/labels/l/moves/7?count=2&range.to=3'],
    binds: ['TemplatesService.Move', { id: '7', label: 'l', count: 2, range: { to: 3 } }],
  },
  { send: ['DELETE', '/v1/moves/7?count=2'], binds: ['TemplatesService.Move', { id: '7', count: 2 }] },
  { send: ['POST', '/v1/moves/7:move'], body: { label: 'l' }, issues: [['range.label', UNKNOWN]] },
  { send: ['DELETE', '/v1/moves/7?range=3'], issues: [['range', UNKNOWN]] },
];

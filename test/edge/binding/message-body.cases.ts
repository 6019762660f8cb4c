import {
  type BindingCase,
  BYTES,
  ENUM,
  LIST,
  OBJECT,
  ONE_OF,
  TEXT,
  TIME,
  UNKNOWN,
  WHOLE,
} from './binding-case.js';

const MALFORMED = [400, 'MALFORMED_BODY'] as const;
const ITEM = { id: '', label: '', count: 0, range: undefined };

function optionals(body: unknown, request: object): BindingCase {
  return { send: ['PATCH', '/v1/optionals'], body, binds: ['BodiesService.Optionals', request] };
}

/** Absent differs from the default. */
export const optionalCases: readonly BindingCase[] = [
  optionals({}, {}),
  optionals(
    { double_value: 0, int32_value: 0, int64_value: 0, bool_value: false, string_value: '', bytes_value: '' },
    {
      doubleValue: 0,
      int32Value: 0,
      int64Value: 0,
      boolValue: false,
      stringValue: '',
      bytesValue: Buffer.alloc(0),
    },
  ),
  optionals({ color: 'COLOR_UNSPECIFIED', period: 'all' }, { color: 0, period: 3 }),
  ...['double_value', 'int32_value', 'bool_value', 'string_value', 'bytes_value', 'color', 'period'].map(
    (name): BindingCase => ({
      send: ['PATCH', '/v1/optionals'],
      body: { [name]: null },
      issues: [[name, 'must be']],
    }),
  ),
];

function choice(body: unknown, request: object): BindingCase {
  return { send: ['POST', '/v1/choices'], body, binds: ['BodiesService.Choices', request] };
}

function refusesChoice(body: unknown, ...issues: [string, string][]): BindingCase {
  return { send: ['POST', '/v1/choices'], body, issues };
}

/** Members of a oneof. */
export const choiceCases: readonly BindingCase[] = [
  choice({}, {}),
  choice({ text: '' }, { target: { $case: 'text', value: '' } }),
  choice({ number: 0 }, { target: { $case: 'number', value: 0 } }),
  choice({ flag: false }, { target: { $case: 'flag', value: false } }),
  choice({ color: 'COLOR_RED' }, { target: { $case: 'color', value: 1 } }),
  choice({ item: {} }, { target: { $case: 'item', value: ITEM } }),
  choice({ item: { id: 'a' } }, { target: { $case: 'item', value: { ...ITEM, id: 'a' } } }),
  choice(
    { at: '2026-03-01T00:00:00Z' },
    { target: { $case: 'at', value: new Date('2026-03-01T00:00:00Z') } },
  ),
  choice({ value: null }, { target: { $case: 'value', value: null } }),
  choice({ value: [1, { a: null }] }, { target: { $case: 'value', value: [1, { a: null }] } }),
  choice({ nothing: {} }, { target: { $case: 'nothing', value: {} } }),
  choice({ blob: 'aGk' }, { target: { $case: 'blob', value: Buffer.from('hi') } }),
  choice(
    { text: 'a', rows: 3 },
    { target: { $case: 'text', value: 'a' }, limit: { $case: 'rows', value: 3 } },
  ),
  choice({ duration: '1s' }, { limit: { $case: 'duration', value: { seconds: 1, nanos: 0 } } }),
  refusesChoice({ text: 'a', number: 1 }, ['number', ONE_OF]),
  refusesChoice({ text: 'a', number: 1, flag: true }, ['number', ONE_OF], ['flag', ONE_OF]),
  refusesChoice({ rows: 1, duration: '1s' }, ['duration', ONE_OF]),
  refusesChoice({ text: null }, ['text', TEXT]),
  refusesChoice({ item: null }, ['item', OBJECT]),
  refusesChoice({ item: { id: 1 } }, ['item.id', TEXT]),
  refusesChoice({ nothing: { a: 1 } }, ['nothing.a', UNKNOWN]),
  refusesChoice({ nothing: null }, ['nothing', OBJECT]),
  refusesChoice({ target: { text: 'a' } }, ['target', UNKNOWN]),
];

function maps(body: unknown, request: object): BindingCase {
  return { send: ['POST', '/v1/maps'], body, binds: ['BodiesService.Maps', request] };
}

function refusesMap(body: unknown, ...issues: [string, string][]): BindingCase {
  return { send: ['POST', '/v1/maps'], body, issues };
}

/** Maps, whose keys are texts in JSON. */
export const mapCases: readonly BindingCase[] = [
  maps({ numbers: {} }, {}),
  maps({ numbers: { a: 1, '': 2, 'a.b': 3 } }, { numbers: { a: 1, '': 2, 'a.b': 3 } }),
  maps(
    { numbers: { constructor: 1, toString: 2, hasOwnProperty: 3, prototype: 4 } },
    { numbers: { constructor: 1, toString: 2, hasOwnProperty: 3, prototype: 4 } },
  ),
  maps({ items: { a: {}, b: { count: 2 } } }, { items: { a: ITEM, b: { ...ITEM, count: 2 } } }),
  maps(
    { by_int64: { '-1': 'a', 9007199254740991: 'b', 0: '' } },
    { byInt64: { '-1': 'a', 9007199254740991: 'b', 0: '' } },
  ),
  maps(
    { by_bool: { true: 'a', false: 'b' } },
    {
      byBool: new Map([
        [true, 'a'],
        [false, 'b'],
      ]),
    },
  ),
  maps({ colors: { 4294967295: 'COLOR_RED' } }, { colors: { 4294967295: 1 } }),
  maps(
    { timestamps: { a: '2026-03-01T00:00:00Z' } },
    { timestamps: { a: new Date('2026-03-01T00:00:00Z') } },
  ),
  maps({ values: { a: null, b: [1], c: { d: '' } } }, { values: { a: null, b: [1], c: { d: '' } } }),
  maps({ blobs: { a: 'aGk' } }, { blobs: { a: Buffer.from('hi') } }),
  refusesMap({ numbers: [] }, ['numbers', OBJECT]),
  refusesMap({ numbers: [1] }, ['numbers', OBJECT]),
  refusesMap({ numbers: null }, ['numbers', OBJECT]),
  refusesMap({ numbers: 'a' }, ['numbers', OBJECT]),
  refusesMap({ numbers: { a: null } }, ['numbers.a', WHOLE]),
  refusesMap({ numbers: { a: '1', b: 2, c: 1.5 } }, ['numbers.a', WHOLE], ['numbers.c', WHOLE]),
  refusesMap({ items: { a: { id: 1 } } }, ['items.a.id', TEXT]),
  refusesMap({ items: { a: { colour: 1 } } }, ['items.a.colour', UNKNOWN]),
  refusesMap({ items: { a: null } }, ['items.a', OBJECT]),
  ...['01', '1.0', '1e2', '9007199254740992', 'a', '', ' 1', '+1', '-0'].map((key) =>
    refusesMap({ by_int64: { [key]: 'a' } }, [`by_int64.${key}`, 'is not a valid key']),
  ),
  ...['True', '1', '', 'constructor'].map((key) =>
    refusesMap({ by_bool: { [key]: 'a' } }, [`by_bool.${key}`, 'is not a valid key']),
  ),
  ...['-1', '4294967296'].map((key) =>
    refusesMap({ colors: { [key]: 'COLOR_RED' } }, [`colors.${key}`, 'is not a valid key']),
  ),
  refusesMap({ colors: { 1: 'RED' } }, ['colors.1', ENUM]),
  refusesMap({ timestamps: { a: 'today' } }, ['timestamps.a', TIME]),
  refusesMap({ blobs: { a: '!' } }, ['blobs.a', BYTES]),
  // A body that contains JSON without a schema is refused when parsing would change it.
  ...['{"numbers":{"a":1,"a":2}}', '{"values":{"a":1,"a":2}}', '{"values":{"a":9007199254740993}}'].map(
    (body): BindingCase => ({ send: ['POST', '/v1/maps'], body, fails: MALFORMED }),
  ),
  { send: ['POST', '/v1/maps'], body: '{"numbers":{"__proto__":1}}', fails: MALFORMED },
];

const envelope = (field: string) => ['PUT', `/v1/envelopes/7/${field}`] as const;
const FULL = { ...ITEM, id: 'a', range: { from: 0, to: undefined } };

/** Bodies that are one field. The paths of their issues begin with its name, like those of its rules. */
export const bodyFieldCases: readonly BindingCase[] = [
  { send: envelope('item'), body: {}, binds: ['BodiesService.OneMessage', { id: '7', item: ITEM }] },
  {
    send: ['PUT', '/v1/envelopes/7/item?text=t'],
    body: { id: 'a', range: { from: 0 } },
    binds: ['BodiesService.OneMessage', { id: '7', item: FULL, text: 't' }],
  },
  { send: envelope('item'), body: { item: {} }, issues: [['item.item', UNKNOWN]] },
  { send: envelope('item'), body: '[]', issues: [['item', OBJECT]] },
  { send: envelope('item'), body: 'null', issues: [['item', OBJECT]] },
  { send: envelope('item'), body: { range: { from: 'a' } }, issues: [['item.range.from', WHOLE]] },
  { send: ['PUT', '/v1/envelopes/7/item?item=x'], body: {}, issues: [['item', UNKNOWN]] },
  { send: envelope('items'), body: [], binds: ['BodiesService.OneList', { id: '7', items: [] }] },
  {
    send: envelope('items'),
    body: [{ id: 'a' }, {}],
    binds: ['BodiesService.OneList', { id: '7', items: [{ ...ITEM, id: 'a' }, ITEM] }],
  },
  { send: envelope('items'), body: [{}, { id: 1 }], issues: [['items[1].id', TEXT]] },
  { send: envelope('items'), body: [null], issues: [['items[0]', OBJECT]] },
  { send: envelope('items'), body: {}, issues: [['items', LIST]] },
  {
    send: envelope('labels'),
    body: { a: 'b' },
    binds: ['BodiesService.OneMap', { id: '7', labels: { a: 'b' } }],
  },
  { send: envelope('labels'), body: { a: 1 }, issues: [['labels.a', TEXT]] },
  { send: envelope('labels'), body: '[]', issues: [['labels', OBJECT]] },
  { send: envelope('text'), body: '"a"', binds: ['BodiesService.OneText', { id: '7', text: 'a' }] },
  { send: envelope('text'), body: '""', binds: ['BodiesService.OneText', { id: '7', text: '' }] },
  ...['1', 'null', '{}', '["a"]'].map((body): BindingCase => ({
    send: envelope('text'),
    body,
    issues: [['text', TEXT]],
  })),
  { send: envelope('text'), binds: ['BodiesService.OneText', { id: '7' }] },
  { send: envelope('number'), body: '0', binds: ['BodiesService.OneNumber', { id: '7', number: 0 }] },
  { send: envelope('number'), body: '"0"', issues: [['number', WHOLE]] },
  ...['null', '1', '"a"', '[1,{"a":null}]', '{"constructor":1}', 'false'].map((body): BindingCase => ({
    send: envelope('value'),
    body,
    binds: ['BodiesService.OneValue', { id: '7', value: JSON.parse(body) as unknown }],
  })),
  ...['{"a":1,"a":1}', '1e400', '9007199254740993'].map((body): BindingCase => ({
    send: envelope('value'),
    body,
    fails: MALFORMED,
  })),
];

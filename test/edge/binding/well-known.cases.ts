import { type BindingCase, DURATION, LIST, OBJECT, TEXT, TIME, UNKNOWN, WHOLE } from './binding-case.js';

const DAY = '2026-03-01T00:00:00Z';
const at = (text: string) => new Date(text);
const textual = (name: string, value: unknown) => ({ textual: { [name]: value } });
const TEXTUAL = Object.fromEntries(
  ['timestamp', 'duration', 'fieldMask', 'doubleValue', 'stringValue'].map((name) => [name, undefined]),
);

function accepts(name: string, json: unknown, value: unknown): BindingCase {
  const key = name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
  return {
    send: ['POST', '/v1/well-known'],
    body: textual(name, json),
    binds: ['BodiesService.WellKnown', { textual: { ...TEXTUAL, [key]: value } }],
  };
}

function refuses(name: string, message: string, ...values: unknown[]): BindingCase[] {
  return values.map((value) => ({
    send: ['POST', '/v1/well-known'],
    body: textual(name, value),
    issues: [[`textual.${name}`, message]],
  }));
}

/** Timestamps, durations and field masks. */
export const textualCases: readonly BindingCase[] = [
  accepts('timestamp', DAY, at(DAY)),
  accepts('timestamp', '2026-03-01t00:00:00z', at(DAY)),
  accepts('timestamp', '2026-03-01T01:30:00+01:30', at(DAY)),
  accepts('timestamp', '2026-02-28T19:00:00-05:00', at(DAY)),
  accepts('timestamp', '2026-03-01T00:00:00-00:00', at(DAY)),
  accepts('timestamp', '2026-03-01T00:00:00.5Z', at('2026-03-01T00:00:00.500Z')),
  accepts('timestamp', '2026-03-01T00:00:00.123Z', at('2026-03-01T00:00:00.123Z')),
  accepts('timestamp', '2026-03-01T00:00:00.123000000Z', at('2026-03-01T00:00:00.123Z')),
  accepts('timestamp', '0001-01-01T00:00:00Z', at('0001-01-01T00:00:00Z')),
  accepts('timestamp', '9999-12-31T23:59:59.999Z', at('9999-12-31T23:59:59.999Z')),
  accepts('timestamp', '2024-02-29T00:00:00Z', at('2024-02-29T00:00:00Z')),
  ...refuses('timestamp', 'milliseconds', '2026-03-01T00:00:00.123456Z', '2026-03-01T00:00:00.000000001Z'),
  ...refuses('timestamp', TIME, '2026-03-01', '2026-03-01T00:00:00', '2026-03-01 00:00:00Z', `${DAY} `),
  ...refuses('timestamp', TIME, '2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '2025-02-29T00:00:00Z'),
  ...refuses('timestamp', TIME, '2026-03-01T24:00:00Z', '2026-03-01T23:59:60Z', '2026-03-01T00:60:00Z'),
  ...refuses('timestamp', TIME, '0000-12-31T23:59:59Z', '10000-01-01T00:00:00Z', '+2026-03-01T00:00:00Z'),
  ...refuses('timestamp', TIME, '0001-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00'),
  ...refuses(
    'timestamp',
    TIME,
    '2026-03-01T00:00:00+24:00',
    '2026-03-01T00:00:00+0100',
    '2026-03-01T00:00:00.Z',
  ),
  ...refuses('timestamp', TIME, '', 'now', 0, 1772323200, null, true, [], {}, [DAY]),
  accepts('duration', '1s', { seconds: 1, nanos: 0 }),
  accepts('duration', '0s', { seconds: 0, nanos: 0 }),
  accepts('duration', '-1.5s', { seconds: -1, nanos: -500_000_000 }),
  accepts('duration', '-0.5s', { seconds: 0, nanos: -500_000_000 }),
  accepts('duration', '1.000000001s', { seconds: 1, nanos: 1 }),
  accepts('duration', '315576000000s', { seconds: 315576000000, nanos: 0 }),
  ...refuses('duration', DURATION, '315576000001s', '-315576000001s', '315576000000.5s', '1.0000000001s'),
  ...refuses('duration', DURATION, '1', '1m', '1 s', '1S', '+1s', '--1s', '1e2s', 's', '', 1, null, {}, []),
  accepts('field_mask', '', []),
  accepts('field_mask', 'name', ['name']),
  accepts('field_mask', 'name,author.first_name', ['name', 'author.first_name']),
  ...refuses(
    'field_mask',
    'must be names of fields',
    'name,',
    ',name',
    'a,,b',
    'a b',
    'firstName',
    'a.',
    '*',
  ),
  ...refuses('field_mask', 'must be names of fields', null, ['name'], { paths: ['name'] }, 1),
];

/** Wrappers and JSON without a schema. */
export const wrapperCases: readonly BindingCase[] = [
  accepts('double_value', 0, 0),
  accepts('double_value', 'NaN', NaN),
  accepts('int64_value', 0, 0),
  accepts('bool_value', false, false),
  accepts('string_value', '', ''),
  accepts('bytes_value', '', Buffer.alloc(0)),
  ...['double_value', 'int64_value', 'uint32_value', 'bool_value', 'string_value', 'bytes_value'].map(
    (name) => accepts(name, null, undefined),
  ),
  ...refuses('int64_value', WHOLE, '1', 1.5, { value: 1 }),
  ...refuses('string_value', TEXT, 1, { value: 'a' }, []),
  ...[null, [], {}, 'a', 0, { a: [null] }].map((value): BindingCase => ({
    send: ['POST', '/v1/well-known'],
    body: { value, values: [value] },
    binds: ['BodiesService.WellKnown', { value, values: [value] }],
  })),
  {
    send: ['POST', '/v1/well-known'],
    body: { struct: { constructor: null, toString: [1] }, list_value: [null, 1, {}], empty: {} },
    binds: [
      'BodiesService.WellKnown',
      { struct: { constructor: null, toString: [1] }, listValue: [null, 1, {}], empty: {} },
    ],
  },
  ...[null, [], 'a', 1].map((value): BindingCase => ({
    send: ['POST', '/v1/well-known'],
    body: { struct: value },
    issues: [['struct', OBJECT]],
  })),
  ...[null, {}, 'a', 1].map((value): BindingCase => ({
    send: ['POST', '/v1/well-known'],
    body: { list_value: value },
    issues: [['list_value', LIST]],
  })),
  { send: ['POST', '/v1/well-known'], body: { empty: { a: 1 } }, issues: [['empty.a', UNKNOWN]] },
  { send: ['POST', '/v1/well-known'], body: { textual: null }, issues: [['textual', OBJECT]] },
  { send: ['POST', '/v1/well-known'], body: { textual: [] }, issues: [['textual', OBJECT]] },
  { send: ['POST', '/v1/well-known'], body: { timestamps: [DAY, null] }, issues: [['timestamps[1]', TIME]] },
  {
    send: ['POST', '/v1/well-known'],
    body: { string_values: ['a', null] },
    issues: [['string_values[1]', TEXT]],
  },
  {
    send: ['POST', '/v1/well-known'],
    body: { timestamps: [DAY], durations: ['1s'], string_values: ['', 'a'] },
    binds: [
      'BodiesService.WellKnown',
      { timestamps: [at(DAY)], durations: [{ seconds: 1, nanos: 0 }], stringValues: ['', 'a'] },
    ],
  },
];

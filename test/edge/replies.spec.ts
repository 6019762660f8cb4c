import type { ReplyFormat } from '@app/contracts';
import { describe, expect, it } from '@jest/globals';
import { ConformanceApp } from './conformance-app.js';

const FORMAT: ReplyFormat = {
  error: ({ code, message }) => `{"reason":"CODE_${code}","message":"${message}"}`,
};
const DAY = new Date('2026-03-01T00:00:00Z');

/** The JSON text of a reply: the defaults of the message, and the fields that are given. */
function written(method: string, fields: object): string {
  const { http, response } = ConformanceApp.method(method);
  const message = { ...(response.decode(new Uint8Array()) as object), ...fields };
  const [route] = http?.routes ?? [];
  if (!route) throw new Error(`${method} has no HTTP side`);
  return route.write(message, FORMAT);
}

/** The JSON of one field. */
function field(method: string, name: string, fields: object): unknown {
  return (JSON.parse(written(method, fields)) as Record<string, unknown>)[name];
}

describe('a reply', () => {
  it('has every field of a plain type, also when it has its default', () => {
    expect(written('BodiesService.Scalars', {})).toBe(
      '{"double_value":0,"float_value":0,"int32_value":0,"int64_value":0,"uint32_value":0,"uint64_value":0,' +
        '"sint32_value":0,"sint64_value":0,"fixed32_value":0,"fixed64_value":0,"sfixed32_value":0,' +
        '"sfixed64_value":0,"bool_value":false,"string_value":"","bytes_value":"","color":"COLOR_UNSPECIFIED",' +
        '"period":"PERIOD_UNSPECIFIED"}',
    );
  });

  it('has no absent message, optional field or member of a oneof', () => {
    expect(written('BodiesService.Optionals', {})).toBe('{}');
    expect(written('BodiesService.Choices', {})).toBe('{}');
    expect(written('QueriesService.WellKnown', {})).toBe('{}');
    expect(written('TemplatesService.Nested', {})).toBe('{"validate_only":false}');
    expect(written('TemplatesService.TwoSegments', {})).toBe('{"first":""}');
  });

  it('has empty lists and maps', () => {
    expect(written('TemplatesService.Archive', {})).toBe('{"name":"","labels":[]}');
    expect(field('BodiesService.Maps', 'numbers', {})).toEqual({});
  });

  it.each<[field: string, member: string, value: unknown, json: unknown]>([
    ['double_value', 'doubleValue', 1.5, 1.5],
    ['double_value', 'doubleValue', 1e300, 1e300],
    ['double_value', 'doubleValue', -0, 0],
    ['double_value', 'doubleValue', NaN, 'NaN'],
    ['double_value', 'doubleValue', Infinity, 'Infinity'],
    ['float_value', 'floatValue', -Infinity, '-Infinity'],
    ['int64_value', 'int64Value', -9007199254740991, -9007199254740991],
    ['uint64_value', 'uint64Value', 9007199254740991, 9007199254740991],
    ['bool_value', 'boolValue', true, true],
    ['string_value', 'stringValue', '"\\\n\u2028€😀\u0000', '"\\\n\u2028€😀\u0000'],
    ['string_value', 'stringValue', '</script>', '</script>'],
    ['bytes_value', 'bytesValue', Buffer.from([0xfb, 0xff]), '+/8='],
    ['color', 'color', -1, 'COLOR_INFRARED'],
    ['color', 'color', 9, 9],
    ['period', 'period', 2, '24h'],
    ['period', 'period', 9, 9],
  ])('has the field %s with %s: %p as %p', (name, member, value, json) => {
    expect(field('BodiesService.Scalars', name, { [member]: value })).toEqual(json);
  });

  it.each<[field: string, member: string, value: unknown, json: unknown]>([
    ['timestamp', 'timestamp', DAY, '2026-03-01T00:00:00.000Z'],
    ['timestamp', 'timestamp', new Date('0001-01-01T00:00:00Z'), '0001-01-01T00:00:00.000Z'],
    ['duration', 'duration', { seconds: 1, nanos: 0 }, '1s'],
    ['duration', 'duration', { seconds: -1, nanos: -500_000_000 }, '-1.500s'],
    ['duration', 'duration', { seconds: 0, nanos: 1 }, '0.000000001s'],
    ['field_mask', 'fieldMask', ['a', 'b.c_d'], 'a,b.c_d'],
    ['field_mask', 'fieldMask', [], ''],
    ['int64_value', 'int64Value', 0, 0],
    ['bool_value', 'boolValue', false, false],
    ['string_value', 'stringValue', '', ''],
    ['bytes_value', 'bytesValue', Buffer.alloc(0), ''],
    ['double_value', 'doubleValue', NaN, 'NaN'],
  ])('has the message %s with %s: %p as %p', (name, member, value, json) => {
    expect(field('QueriesService.WellKnown', name, { [member]: value })).toEqual(json);
  });

  it('has JSON without a schema as it is', () => {
    const value = { a: [null, 1.5, '€', {}], constructor: false };
    const message = { struct: value, value: null, listValue: [value], empty: {}, values: [null, value] };
    expect(JSON.parse(written('BodiesService.WellKnown', message))).toMatchObject({
      struct: value,
      value: null,
      list_value: [value],
      empty: {},
      values: [null, value],
    });
  });

  it('has maps with keys as texts', () => {
    const item = { id: 'a', label: '', count: 1 };
    const message = {
      numbers: { '': 1, '"': 2, constructor: 3 },
      items: { a: item },
      byInt64: { 7: 'x' },
      byBool: new Map([[true, 't']]),
      colors: { 1: 2 },
      timestamps: { a: DAY },
      values: { a: null },
      blobs: { a: Buffer.from('hi') },
    };
    expect(JSON.parse(written('BodiesService.Maps', message))).toEqual({
      numbers: { '': 1, '"': 2, constructor: 3 },
      items: { a: item },
      by_int64: { 7: 'x' },
      by_bool: { true: 't' },
      colors: { 1: 'COLOR_GREEN' },
      timestamps: { a: '2026-03-01T00:00:00.000Z' },
      values: { a: null },
      blobs: { a: 'aGk=' },
    });
  });

  it.each<[target: object, json: object]>([
    [{ $case: 'text', value: '' }, { text: '' }],
    [{ $case: 'number', value: 0 }, { number: 0 }],
    [{ $case: 'flag', value: false }, { flag: false }],
    [{ $case: 'color', value: 0 }, { color: 'COLOR_UNSPECIFIED' }],
    [{ $case: 'item', value: { id: 'a', label: '', count: 0 } }, { item: { id: 'a', label: '', count: 0 } }],
    [{ $case: 'at', value: DAY }, { at: '2026-03-01T00:00:00.000Z' }],
    [{ $case: 'value', value: null }, { value: null }],
    [{ $case: 'nothing', value: {} }, { nothing: {} }],
    [{ $case: 'blob', value: Buffer.alloc(0) }, { blob: '' }],
  ])('has the member %j of a oneof as %j', (target, json) => {
    expect(JSON.parse(written('BodiesService.Choices', { target }))).toEqual(json);
  });

  it('has names that objects of JavaScript have', () => {
    const message = { constructor: 'a', toString: 'b', default: 'c', with1Digit: 'd' };
    expect(JSON.parse(written('BodiesService.Names', message))).toMatchObject({
      constructor: 'a',
      to_string: 'b',
      default: 'c',
      with_1_digit: 'd',
    });
  });

  it('is one field of the response, when response_body names it', () => {
    const item = { id: 'a', label: '', count: 1 };
    expect(written('RepliesService.OneMessage', { item })).toBe('{"id":"a","label":"","count":1}');
    expect(written('RepliesService.OneList', { items: [item] })).toBe('[{"id":"a","label":"","count":1}]');
    expect(written('RepliesService.OneList', {})).toBe('[]');
    expect(written('RepliesService.OneText', { text: 'a"b' })).toBe('"a\\"b"');
    expect(written('RepliesService.OneValue', { value: [null] })).toBe('[null]');
  });

  it.each(['RepliesService.OneMessage', 'RepliesService.OneValue'])(
    'of %s is JSON without the field',
    (method) => {
      expect(() => JSON.parse(written(method, {})) as unknown).not.toThrow();
    },
  );

  it('of an empty message is an empty object', () => {
    expect(written('RepliesService.Nothing', {})).toBe('{}');
  });
});

const emptyNote = () => ConformanceApp.method('NotesService.Get').response.decode(new Uint8Array()) as object;

describe('an option of a field in a reply', () => {
  const note = { id: 'a', payloadJson: '{"b": 1}', author: { authorName: 'n' }, storageKey: 'secret' };

  it('keeps JSON as it is, writes inline members, and null for what is absent', () => {
    expect(written('NotesService.Get', note)).toBe(
      '{"id":"a","text":"","version":0,"color":null,"archived_at":null,"range":null,"author_name":"n",' +
        '"payload_json":{"b": 1},"period":"PERIOD_UNSPECIFIED"}',
    );
  });

  it('leaves out what is empty or internal', () => {
    const text = written('NotesService.Get', { ...note, tags: [], remark: '', links: undefined });
    expect(text).not.toMatch(/tags|remark|links|storage_key|secret/);
  });

  it('writes what is present', () => {
    const more = { color: '', archivedAt: DAY, range: {}, tags: ['t'], remark: 'r', links: { urls: [] } };
    expect(JSON.parse(written('NotesService.Get', { ...note, ...more }))).toMatchObject({
      color: '',
      archived_at: '2026-03-01T00:00:00.000Z',
      range: {},
      tags: ['t'],
      remark: 'r',
      links: [],
    });
  });

  it('writes null for a JSON text that is empty', () => {
    expect(field('NotesService.Get', 'payload_json', { ...note, payloadJson: '' })).toBeNull();
  });

  it('writes the items of a batch as values or errors, in their order', () => {
    const value = { ...emptyNote(), id: 'a', author: { authorName: 'n' } };
    const error = { code: 5, message: 'none', details: [] };
    const items = [{ outcome: { $case: 'error', value: error } }, { outcome: { $case: 'note', value } }, {}];
    expect(JSON.parse(written('NotesService.BatchGet', { items }))).toMatchObject({
      items: [{ error: { reason: 'CODE_5', message: 'none' } }, { id: 'a', author_name: 'n' }, {}],
    });
  });

  it('writes null after the last page', () => {
    expect(written('NotesService.List', {})).toBe('{"items":[],"next_cursor":null}');
    expect(written('NotesService.List', { nextCursor: 'c' })).toBe('{"items":[],"next_cursor":"c"}');
  });
});

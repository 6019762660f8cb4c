import type { RefusalCase } from './refusal-case.ts';

const create = `rpc Create(Request) returns (google.protobuf.Empty) {
  option (http) = {post: "/v1/items" body: "*"};
}`;
const get = `rpc Get(google.protobuf.Empty) returns (Reply) {
  option (http) = {get: "/v1/items"};
}`;

/** The refusal of a field of a request that comes from the body. */
function field(what: string, declaration: string, says: RefusalCase['says'], more = ''): RefusalCase {
  const messages = `message Request {\n  string other = 90;\n  ${declaration} // wrong\n}\n${more}`;
  return { what, methods: create, messages, says };
}

/** The refusal of a field of a reply. */
function reply(what: string, declaration: string, says: RefusalCase['says'], more = ''): RefusalCase {
  const messages = `message Reply {\n  string other = 90;\n  ${declaration} // wrong\n}\n${more}`;
  return { what, methods: get, messages, says };
}

const PAIR = 'message Pair { string left = 1; string right = 2; }';
const COLOR = 'enum Color { COLOR_UNSPECIFIED = 0; COLOR_RED = 1; }';

/** Wrong options of fields and enum values. */
export const fieldCases: readonly RefusalCase[] = [
  field('a default that is no number', 'int32 limit = 1 [(field).default = "many"];', [
    'limit',
    'default',
    'many',
  ]),
  field('a default beyond the type', 'int32 limit = 1 [(field).default = "3000000000"];', [
    'limit',
    'default',
  ]),
  field('a negative default of an unsigned number', 'uint32 limit = 1 [(field).default = "-1"];', [
    'limit',
    '-1',
  ]),
  field('a default that is no boolean', 'bool pinned = 1 [(field).default = "yes"];', [
    'pinned',
    'default',
    'yes',
  ]),
  field(
    'a default that is no value of the enum',
    'Color color = 1 [(field).default = "COLOR_BLUE"];',
    ['color', 'COLOR_BLUE'],
    COLOR,
  ),
  field('a default of a list', 'repeated string tags = 1 [(field).default = "a"];', ['tags', 'default']),
  field('a default of a message', 'Pair pair = 1 [(field).default = "a"];', ['pair', 'default'], PAIR),
  field('a default of a map', 'map<string, string> labels = 1 [(field).default = "a"];', [
    'labels',
    'default',
  ]),
  field('an alias that is the name of another field', 'string name = 1 [(field).alias = "other"];', [
    'name',
    'alias',
    'other',
  ]),
  field('an alias that is the name of the field', 'string name = 1 [(field).alias = "name"];', [
    'name',
    'alias',
  ]),
  field('a default above its rule', 'uint32 limit = 1 [(field).default = "1000", (rule).uint32.lte = 100];', [
    'limit',
    '"1000"',
    'lte',
  ]),
  field(
    'a default that its rule excludes',
    'int32 delta = 1 [(field).default = "0", (rule).int32.not_in = 0];',
    ['delta', 'not_in'],
  ),
  field(
    'a default that its pattern refuses',
    'string mode = 1 [(field).default = "A", (rule).string.pattern = "^[a-z]$"];',
    ['mode', 'pattern'],
  ),
  field('a rule that is not supported', 'string name = 1 [(rule).string.ip = true];', ['name', 'string.ip']),
  field('rules of a map', 'map<string, string> tags = 1 [(rule).map.min_pairs = 1];', ['tags', 'map']),
  field(
    'the caller in a nested message',
    'Part part = 1;',
    ['Part.author', 'caller', 'request'],
    'message Part { string author = 1 [(field).caller = true]; } // wrong',
  ),
  field(
    'roles in an element of a list',
    'repeated Part parts = 1;',
    ['Part.name', 'roles', 'list'],
    'message Part { string name = 1 [(field).roles = "admin"]; } // wrong',
  ),
  field(
    'roles on an inline message',
    'Part part = 1 [(field).inline = true, (field).roles = "admin"];',
    ['part', 'roles', 'inline'],
    'message Part { string name = 1; }',
  ),
  field('roles with an empty name', 'string name = 1 [(field).roles = ""];', ['name', 'roles']),
  field('a header for a list', 'repeated string sizes = 1 [(field).header = "x-size"];', ['sizes', 'header']),
  field('a header with a wrong name', 'string size = 1 [(field).header = "x size"];', [
    'size',
    'header',
    'x size',
  ]),
  field('the caller as a number', 'int64 user = 1 [(field).caller = true];', ['user', 'caller']),
  field('me outside of the path', 'string user = 1 [(field).me = true];', ['user', 'me', 'path']),
  field(
    'a field of the body that is also a header and the caller',
    'string user = 1 [(field) = {caller: true header: "x-user"}];',
    ['user'],
  ),
  field('an inlined text', 'string name = 1 [(field).inline = true];', ['name', 'inline']),
  field('an inlined list', 'repeated Pair pairs = 1 [(field).inline = true];', ['pairs', 'inline'], PAIR),
  field(
    'an inlined message with a name of the holder',
    'Clashing part = 1 [(field).inline = true];',
    ['other', 'inline'],
    'message Clashing {\n string other = 1; // wrong\n}',
  ),
  field('an inlined timestamp', 'google.protobuf.Timestamp at = 1 [(field).inline = true];', [
    'at',
    'inline',
  ]),
  field(
    'an inlined message that holds itself',
    'Loop loop = 1 [(field).inline = true];',
    ['loop', 'inline'],
    'message Loop {\n Loop loop = 1 [(field).inline = true]; // wrong\n}',
  ),
  field('a text that stands for its only field', 'string name = 1 [(field).unwrap = true];', [
    'name',
    'unwrap',
  ]),
  field(
    'a message of two fields that stands for its only field',
    'Pair pair = 1 [(field).unwrap = true];',
    ['pair', 'unwrap'],
    PAIR,
  ),
  field(
    'a field that is inlined and unwrapped',
    'One one = 1 [(field) = {inline: true unwrap: true}];',
    ['one', 'inline', 'unwrap'],
    'message One { string left = 1; }',
  ),
  field('null for a field that is always present', 'string name = 1 [(field).null_if_absent = true];', [
    'name',
    'null_if_absent',
    'optional',
  ]),
  field(
    'an internal field that has an alias',
    'string name = 1 [(field) = {internal: true alias: "title"}];',
    ['name', 'internal'],
  ),
  reply('JSON in a number', 'int32 payload = 1 [(field).json = true];', ['payload', 'json']),
  reply('JSON in a list', 'repeated string payload = 1 [(field).json = true];', ['payload', 'json']),
  reply('a number that is left out when it is empty', 'int32 size = 1 [(field).omit_if_empty = true];', [
    'size',
    'omit_if_empty',
  ]),
  {
    what: 'a clash of two inlined messages',
    methods: create,
    messages: `${PAIR}
    message Left {
      string left = 1; // wrong
    }
    message Request {
      Pair pair = 1 [(field).inline = true];
      Left left_part = 2 [(field).inline = true];
    }`,
    says: ['left', 'inline'],
  },
  {
    what: 'a clash of two aliases',
    methods: create,
    messages: `message Request {
      string first = 1 [(field).alias = "name"]; // wrong
      string second = 2 [(field).alias = "name"]; // wrong
    }`,
    says: ['name', 'alias'],
  },
  {
    what: 'names of JSON for some values of an enum only',
    methods: create,
    messages: `message Request { Period period = 1; }
    enum Period {
      PERIOD_UNSPECIFIED = 0;
      PERIOD_HOUR = 1 [(value).json = "1h"]; // wrong
      PERIOD_DAY = 2; // wrong
    }`,
    says: ['PERIOD_DAY', 'json'],
  },
  {
    what: 'the same name of JSON for two values of an enum',
    methods: create,
    messages: `message Request { Period period = 1; }
    enum Period { // wrong
      PERIOD_UNSPECIFIED = 0;
      PERIOD_HOUR = 1 [(value).json = "1h"];
      PERIOD_DAY = 2 [(value).json = "1h"];
    }`,
    says: ['Period', '1h'],
  },
];

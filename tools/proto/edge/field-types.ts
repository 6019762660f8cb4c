import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';

/** How generated code reads and writes values of one type. The functions stand in the support files of libs/contracts. */
export interface ValueCode {
  /** Function `(value, name, issues) => T` for a value of parsed JSON. */
  readonly read: string;
  /** Function that converts a text of a path, query or header into a value for `read`; undefined: the text itself. */
  readonly fromText?: string;
  /** The zero value as source text. */
  readonly zero: string;
  /** The JSON of an expression. */
  readonly write: (expression: string) => CodeText;
  /** Condition that the value is the zero value. */
  readonly isZero: (expression: string) => string;
}

/** Source text, and the functions that it needs. */
export interface CodeText {
  readonly text: string;
  readonly needs: readonly string[];
}

const plain = (text: string, ...needs: string[]): CodeText => ({ text, needs });

const number = (read: string, fromText: string): ValueCode => ({
  read,
  fromText,
  zero: '0',
  write: (value) => plain(value),
  isZero: (value) => `${value} === 0`,
});

const double = (read: string): ValueCode => ({
  ...number(read, 'numberOf'),
  write: (value) => plain(`writeDouble(${value})`, 'writeDouble'),
});

const int32 = number('readInt32', 'integerOf');
const uint32 = number('readUint32', 'integerOf');
const int64 = number('readInt64', 'integerOf');
const uint64 = number('readUint64', 'integerOf');

const SCALARS: Readonly<Record<ScalarType, ValueCode>> = {
  [ScalarType.INT32]: int32,
  [ScalarType.SINT32]: int32,
  [ScalarType.SFIXED32]: int32,
  [ScalarType.UINT32]: uint32,
  [ScalarType.FIXED32]: uint32,
  [ScalarType.INT64]: int64,
  [ScalarType.SINT64]: int64,
  [ScalarType.SFIXED64]: int64,
  [ScalarType.UINT64]: uint64,
  [ScalarType.FIXED64]: uint64,
  [ScalarType.FLOAT]: double('readFloat'),
  [ScalarType.DOUBLE]: double('readDouble'),
  [ScalarType.BOOL]: {
    read: 'readBool',
    fromText: 'boolOf',
    zero: 'false',
    write: (value) => plain(value),
    isZero: (value) => `!${value}`,
  },
  [ScalarType.STRING]: {
    read: 'readString',
    zero: "''",
    write: (value) => plain(`writeText(${value})`, 'writeText'),
    isZero: (value) => `${value} === ''`,
  },
  [ScalarType.BYTES]: {
    read: 'readBytes',
    zero: 'Buffer.alloc(0)',
    write: (value) => plain(`writeBytes(${value})`, 'writeBytes'),
    isZero: (value) => `${value}.length === 0`,
  },
};

export const scalarCode = (type: ScalarType): ValueCode => SCALARS[type];

/** A message of google.protobuf whose JSON is not an object of its fields. */
export interface WellKnownCode {
  readonly read: string;
  readonly fromText?: string;
  readonly write: (expression: string) => CodeText;
  /** Whether a text in a query can express it. */
  readonly isText: boolean;
  /** Whether null is a value of it, or means that it is absent. */
  readonly isNullable: boolean;
  /** Whether it holds JSON without a schema. */
  readonly isFree?: boolean;
}

const wrapper = (type: ScalarType): WellKnownCode => {
  const { read, fromText, write } = SCALARS[type];
  return { read, ...(fromText && { fromText }), write, isText: true, isNullable: true };
};

const text = (read: string, write: (value: string) => CodeText): WellKnownCode => ({
  read,
  write,
  isText: true,
  isNullable: false,
});

const free = (read: string): WellKnownCode => ({
  read,
  write: (value) => plain(`writeValue(${value})`, 'writeValue'),
  isText: false,
  isNullable: false,
  isFree: true,
});

const WELL_KNOWN: Readonly<Record<string, WellKnownCode>> = {
  'google.protobuf.Timestamp': text('readTimestamp', (value) =>
    plain(`writeTimestamp(${value})`, 'writeTimestamp'),
  ),
  'google.protobuf.Duration': text('readDuration', (value) =>
    plain(`writeDuration(${value})`, 'writeDuration'),
  ),
  'google.protobuf.FieldMask': text('readFieldMask', (value) =>
    plain(`writeText(${value}.join(','))`, 'writeText'),
  ),
  'google.protobuf.DoubleValue': wrapper(ScalarType.DOUBLE),
  'google.protobuf.FloatValue': wrapper(ScalarType.FLOAT),
  'google.protobuf.Int64Value': wrapper(ScalarType.INT64),
  'google.protobuf.UInt64Value': wrapper(ScalarType.UINT64),
  'google.protobuf.Int32Value': wrapper(ScalarType.INT32),
  'google.protobuf.UInt32Value': wrapper(ScalarType.UINT32),
  'google.protobuf.BoolValue': wrapper(ScalarType.BOOL),
  'google.protobuf.StringValue': wrapper(ScalarType.STRING),
  'google.protobuf.BytesValue': wrapper(ScalarType.BYTES),
  'google.protobuf.Value': { ...free('readValue'), isNullable: true },
  'google.protobuf.Struct': free('readStruct'),
  'google.protobuf.ListValue': free('readListValue'),
  'google.protobuf.Empty': {
    read: 'readEmpty',
    write: () => plain("'{}'"),
    isText: false,
    isNullable: false,
  },
};

export function wellKnown(message: DescMessage | undefined): WellKnownCode | undefined {
  return message && WELL_KNOWN[message.typeName];
}

/** A message that stands in replies as an error of the contract. */
export const isRpcStatus = (message: DescMessage | undefined): boolean =>
  message?.typeName === 'google.rpc.Status';

export function isString(field: DescField): boolean {
  return field.fieldKind === 'scalar' && field.scalar === ScalarType.STRING;
}

/** Whether a field is absent rather than zero when it is not set. */
export function isOptional(field: DescField): boolean {
  return field.fieldKind === 'message' || (field.proto.proto3Optional ?? false);
}

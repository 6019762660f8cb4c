import { type DescField, ScalarType } from '@bufbuild/protobuf';
import { AnnotationError } from './annotation.error.ts';
import { scalarCode, wellKnown } from './field-types.ts';
import type { MessageForms } from './message-form.ts';

/** The source text of a field's default, and the function that it needs. */
export interface DefaultCode {
  readonly text: string;
  readonly needs?: string;
}

const INT32 = [-0x8000_0000, 0x7fff_ffff] as const;
const UINT32 = [0, 0xffff_ffff] as const;
const INT64 = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const;
const UINT64 = [0, Number.MAX_SAFE_INTEGER] as const;

const RANGES: Readonly<Partial<Record<ScalarType, readonly [number, number]>>> = {
  [ScalarType.INT32]: INT32,
  [ScalarType.SINT32]: INT32,
  [ScalarType.SFIXED32]: INT32,
  [ScalarType.UINT32]: UINT32,
  [ScalarType.FIXED32]: UINT32,
  [ScalarType.INT64]: INT64,
  [ScalarType.SINT64]: INT64,
  [ScalarType.SFIXED64]: INT64,
  [ScalarType.UINT64]: UINT64,
  [ScalarType.FIXED64]: UINT64,
};

/** Compiles the option `default` of a field, which is written as in a query. @throws AnnotationError */
export function defaultCode(field: DescField, text: string, forms: MessageForms): DefaultCode {
  const wrong = () =>
    new AnnotationError(field, `the default "${text}" is no value of its type. Write it as in a query.`);
  if (field.fieldKind === 'enum') {
    const found = forms.enumValues(field.enum).names.find(([name]) => name === text);
    if (!found) throw wrong();
    return { text: String(found[1]) };
  }
  if (field.fieldKind === 'message') {
    const known = wellKnown(field.message);
    if (!known?.isText || known.isNullable) throw wrong();
    const isTime = known.read === 'readTimestamp' && !Number.isNaN(Date.parse(text));
    const isDuration = known.read === 'readDuration' && /^-?\d+(\.\d{1,9})?s$/.test(text);
    if (!isTime && !isDuration) throw wrong();
    return { text: `${known.read}(${JSON.stringify(text)}, '', [])`, needs: known.read };
  }
  if (field.fieldKind !== 'scalar') throw wrong();
  return { text: scalarText(field.scalar, text) ?? refuse(wrong()) };
}

function scalarText(type: ScalarType, text: string): string | undefined {
  if (type === ScalarType.STRING) return JSON.stringify(text);
  if (type === ScalarType.BOOL) return text === 'true' || text === 'false' ? text : undefined;
  if (scalarCode(type).fromText === 'numberOf')
    return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? String(Number(text)) : undefined;
  const range = RANGES[type];
  if (!range || !/^-?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= range[0] && value <= range[1] ? String(value) : undefined;
}

function refuse(error: Error): never {
  throw error;
}

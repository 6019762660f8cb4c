import { type DescField, type JsonObject, ScalarType } from '@bufbuild/protobuf';
import type { DescribedApi } from '../described-api.js';
import type { Random } from './random.js';

type Limits = Readonly<Record<string, string | number | boolean | (string | number)[] | undefined>>;

const INTEGERS: ReadonlySet<ScalarType> = new Set([
  ScalarType.INT32,
  ScalarType.INT64,
  ScalarType.UINT32,
  ScalarType.UINT64,
  ScalarType.SINT32,
  ScalarType.SINT64,
  ScalarType.FIXED32,
  ScalarType.FIXED64,
  ScalarType.SFIXED32,
  ScalarType.SFIXED64,
]);

/** Makes JSON values of fields, which follow the rules of the fields or break them. */
export class ValueMaker {
  constructor(
    private readonly api: DescribedApi,
    private readonly random: Random,
  ) {}

  /** A valid value. Another item of a list or map, when the field is one. */
  valid(field: DescField, rules: JsonObject = this.api.rulesOf(field)): unknown {
    if (field.fieldKind === 'list') return this.list(field, rules);
    if (field.fieldKind === 'map') return { [this.random.word(3)]: this.random.word(3) };
    return this.single(field, rules);
  }

  /** A message as the JSON of a body, without the fields that `without` names. */
  message(fields: readonly DescField[], without: ReadonlySet<string>): Record<string, unknown> {
    const json: Record<string, unknown> = {};
    for (const field of fields) {
      const options = this.api.optionsOf(field);
      if (without.has(field.name) || isOutside(options)) continue;
      if (!this.isRequired(field) && this.random.oneIn(2)) continue;
      const value = this.valid(field);
      if (options['inline']) Object.assign(json, value);
      else json[this.nameOf(field, options)] = value;
    }
    return json;
  }

  private isRequired(field: DescField): boolean {
    const rules = this.api.rulesOf(field);
    if (rules['required'] === true) return true;
    const { minLen, uuid, email, pattern, minItems } = limitsOf(rules);
    const isOptional = field.proto.proto3Optional === true;
    const isDemanding = [minLen, uuid, email, pattern, minItems].some((limit) => limit !== undefined);
    return isDemanding && !isOptional;
  }

  private nameOf(field: DescField, { alias }: JsonObject): string {
    return typeof alias === 'string' && this.random.oneIn(3) ? alias : field.name;
  }

  private list(field: DescField, rules: JsonObject): unknown[] {
    const { minItems = 0, maxItems = 3, items = {} } = limitsOf(rules) as Limits & { items?: JsonObject };
    const length = this.random.int(Number(minItems), Math.min(Number(maxItems), Number(minItems) + 3));
    return Array.from({ length }, () => this.single(field, items));
  }

  private single(field: DescField, rules: JsonObject): unknown {
    if (field.message) return this.messageValue(field);
    if (field.enum) return this.api.jsonNameOf(this.random.pick(field.enum.values.slice(1)));
    const type = field.scalar ?? ScalarType.STRING;
    if (INTEGERS.has(type)) return this.integer(limitsOf(rules));
    if (type === ScalarType.BOOL) return this.random.oneIn(2);
    if (type === ScalarType.DOUBLE || type === ScalarType.FLOAT) return this.random.next();
    if (type === ScalarType.BYTES) return Buffer.from(this.random.word(4)).toString('base64');
    return this.text(limitsOf(rules));
  }

  private messageValue(field: DescField): unknown {
    const { message } = field;
    switch (message?.typeName) {
      case 'google.protobuf.Timestamp':
        return new Date(this.random.int(0, 2 ** 31) * 1000).toISOString();
      case 'google.protobuf.Duration':
        return `${this.random.int(0, 1000)}s`;
      case 'google.protobuf.FieldMask':
        return this.random.word(3).replace(/^\d*/, 'a');
      case 'google.protobuf.Value':
      case 'google.protobuf.Struct':
        return { task: this.random.word(4), list: [1, null, { text: '€' }] };
      default: {
        const fields = message?.fields ?? [];
        const [only] = fields;
        if (this.api.optionsOf(field)['unwrap'] && only) return this.valid(only);
        return this.message(fields, new Set());
      }
    }
  }

  private integer(limits: Limits): number {
    const { gte, gt, lte, lt, notIn = [] } = limits;
    const least = Number(gte ?? (gt === undefined ? 0 : Number(gt) + 1));
    const most = Math.max(least, Number(lte ?? (lt === undefined ? least + 1000 : Number(lt) - 1)));
    const chosen = this.random.pick([
      least,
      most,
      this.random.int(least, most),
      this.random.int(least, most),
    ]);
    const isForbidden = (notIn as (string | number)[]).some((each) => Number(each) === chosen);
    return isForbidden ? chosen + 1 : chosen;
  }

  private text(limits: Limits): string {
    const { minLen = 0, maxLen = 40, pattern = '', uuid, email } = limits;
    if (uuid) return this.random.uuid();
    const word = this.random.word(
      this.random.int(Number(minLen), Math.min(Number(maxLen), Number(minLen) + 12)),
    );
    const candidates = [word, `${this.random.word(8)}@example.com`, this.random.uuid(), 'a', 'Grüße 😀', '1'];
    const isValid = (text: string) =>
      new RegExp(String(pattern), 'u').test(text) &&
      text.length >= Number(minLen) &&
      text.length <= Number(maxLen) &&
      (!email || text.includes('@'));
    return candidates.find(isValid) ?? word;
  }
}

/** Whether a client cannot set a field in the path, the query or the body. */
export function isOutside(options: JsonObject): boolean {
  return ['header', 'caller', 'internal'].some((name) => Boolean(options[name]));
}

/** The rules of the family of a field: of `{string: {minLen: '1'}}` the inner object. */
export function limitsOf(rules: JsonObject): Limits {
  const found = Object.values(rules).find((value) => typeof value === 'object' && !Array.isArray(value));
  return (found ?? {}) as Limits;
}

import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { messagesModule, type SourceFile, typeName, propertyName } from '../source-file.ts';
import { isOptional, isRpcStatus, scalarCode, wellKnown } from './field-types.ts';
import type { JsonCode } from './json-code.ts';
import type { FormField } from './message-form.ts';

const quote = (text: string) => JSON.stringify(text);
/** `,"name":` as source text. */
const key = (name: string) => `',${quote(name)}:'`;

/** Writes code that turns messages into JSON texts. */
export class Writers {
  private readonly json: JsonCode;

  constructor(json: JsonCode) {
    this.json = json;
  }

  /** `writeX(message)`, or `writeX(message, format)` when it contains an error; imported into `user`. */
  of(user: SourceFile, message: DescMessage): string {
    return this.json.once(user, message, `write${typeName(message)}`, (source) => {
      const form = this.json.forms.of(message);
      const [first, ...others] = form;
      const head = `export function write${typeName(message)}(${this.parameters(source, message)}): string {`;
      if (!first) return [head, "  return '{}';", '}'];
      if (!this.isAlways(first))
        return [head, `  return '{' + (${this.members(source, form)}).slice(1) + '}';`, '}'];
      const opening = `'{' + ${quote(`${quote(first.name)}:`)} + ${this.present(source, first)}`;
      return [
        head,
        `  return ${[opening, ...others.map((each) => this.member(source, each)), "'}'"].join(' + ')};`,
        '}',
      ];
    });
  }

  /** The function that writes a whole reply, also of a message that has no fields of its own in JSON. */
  ofMessage(source: SourceFile, message: DescMessage): string {
    const known = wellKnown(message);
    if (!known && !isRpcStatus(message)) return this.of(source, message);
    if (!known) return '(status, format) => format.error(status)';
    const { text, needs } = known.write('message');
    for (const name of needs) this.json.support(source, name);
    return text.includes('message') ? `(message) => ${text}` : `() => ${text}`;
  }

  /** The JSON of a field's value, for a reply that is one field. */
  fieldValue(source: SourceFile, field: DescField, expression: string): string {
    const value = this.value(source, field, expression);
    return isOptional(field) ? `(${expression} === undefined ? 'null' : ${value})` : value;
  }

  /** `writeXMembers(message)`: the members of an object, each after a comma, for a message that stands inline. */
  private inline(user: SourceFile, message: DescMessage): string {
    return this.json.once(user, message, `write${typeName(message)}Members`, (source) => [
      `export function write${typeName(message)}Members(${this.parameters(source, message)}): string {`,
      `  return ${this.members(source, this.json.forms.of(message)) || "''"};`,
      '}',
    ]);
  }

  private parameters(source: SourceFile, message: DescMessage): string {
    const type = source.use(typeName(message), messagesModule(message.file), true);
    const name = this.json.forms.of(message).length > 0 ? 'message' : '_message';
    if (!this.json.forms.holdsStatus(message)) return `${name}: ${type}`;
    return `${name}: ${type}, format: ${source.useSupport('ReplyFormat', 'http-endpoint', true)}`;
  }

  private members(source: SourceFile, form: readonly FormField[]): string {
    return form.map((each) => this.member(source, each)).join(' + ');
  }

  /** Whether a member is in every object, so that it needs no condition. */
  private isAlways({ field, options }: FormField): boolean {
    if (options.inline || options.omitIfEmpty || field.oneof) return false;
    return options.nullIfAbsent === true || !isOptional(field);
  }

  private member(source: SourceFile, form: FormField): string {
    const { field, options, name } = form;
    if (this.isAlways(form)) return `${key(name)} + ${this.present(source, form)}`;
    const place = field.oneof ? `message.${propertyName(field.oneof)}` : `message.${propertyName(field)}`;
    const value = field.oneof ? `${place}.value` : place;
    const condition = field.oneof
      ? `${place}?.$case === ${quote(propertyName(field))}`
      : this.isThere(field, value, Boolean(options.omitIfEmpty));
    if (options.inline && field.message) {
      const call = `${this.inline(source, field.message)}(${value}${this.format(field.message)})`;
      return `(${condition} ? ${call} : '')`;
    }
    return `(${condition} ? ${key(name)} + ${this.formValue(source, form, value)} : '')`;
  }

  /** The value of a member that is in every object. */
  private present(source: SourceFile, form: FormField): string {
    const value = `message.${propertyName(form.field)}`;
    const written = this.formValue(source, form, value);
    return form.options.nullIfAbsent ? `(${value} === undefined ? 'null' : ${written})` : written;
  }

  private isThere(field: DescField, value: string, omitIfEmpty: boolean): string {
    const present = `${value} !== undefined`;
    if (!omitIfEmpty) return present;
    if (field.fieldKind === 'list') return `${value}.length > 0`;
    if (field.fieldKind === 'map')
      return isBoolMap(field) ? `${value}.size > 0` : `Object.keys(${value}).length > 0`;
    if (field.fieldKind === 'message') return present;
    const zero = field.fieldKind === 'enum' ? `${value} === 0` : scalarCode(field.scalar).isZero(value);
    return isOptional(field) ? `${present} && !(${zero})` : `!(${zero})`;
  }

  private formValue(source: SourceFile, { field, options }: FormField, value: string): string {
    if (options.json) return `(${value} === '' ? 'null' : ${value})`;
    if (options.unwrap) {
      const only = this.json.forms.unwrapped(field);
      return this.value(source, only, `${value}.${propertyName(only)}`);
    }
    return this.value(source, field, value);
  }

  private value(source: SourceFile, field: DescField, value: string): string {
    switch (field.fieldKind) {
      case 'list':
        return `${this.json.support(source, 'writeList')}(${value}, ${this.item(source, field)})`;
      case 'map':
        return `${this.json.support(source, 'writeMap')}(${isBoolMap(field) ? `${this.json.support(source, 'fromBoolMap')}(${value})` : value}, ${this.item(source, field)})`;
      default:
        return this.single(source, field, value);
    }
  }

  private item(source: SourceFile, field: DescField & { fieldKind: 'list' | 'map' }): string {
    const plain = field.message && !wellKnown(field.message) && !isRpcStatus(field.message);
    if (plain && this.format(field.message) === '') return this.of(source, field.message);
    return `(item) => ${this.single(source, field, 'item')}`;
  }

  /** A value that is no list and no map, or an element of one. */
  private single(source: SourceFile, field: DescField, value: string): string {
    if (field.message) {
      if (isRpcStatus(field.message)) return `format.error(${value})`;
      const known = wellKnown(field.message);
      if (!known) return `${this.of(source, field.message)}(${value}${this.format(field.message)})`;
      const { text, needs } = known.write(value);
      for (const name of needs) this.json.support(source, name);
      return needs.length === 0 && known.isNullable ? `String(${text})` : text;
    }
    if (field.enum)
      return `${this.json.support(source, 'writeEnum')}(${value}, ${this.json.enumNames(source, field.enum)})`;
    const { text, needs } = scalarCode((field as { scalar: ScalarType }).scalar).write(value);
    for (const name of needs) this.json.support(source, name);
    return needs.length === 0 ? `String(${text})` : text;
  }

  private format(message: DescMessage | undefined): string {
    return message && this.json.forms.holdsStatus(message) ? ', format' : '';
  }
}

/** ts-proto makes a Map of a map whose keys are booleans. */
function isBoolMap(field: DescField): boolean {
  return field.fieldKind === 'map' && field.mapKey === ScalarType.BOOL;
}

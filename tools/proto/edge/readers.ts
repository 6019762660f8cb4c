import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { messagesModule, type SourceFile, typeName, propertyName } from '../source-file.ts';
import { scalarCode, wellKnown } from './field-types.ts';
import { type JsonCode, oneofNames, refuseInRequest } from './json-code.ts';
import type { FormField } from './message-form.ts';

const quote = (text: string) => JSON.stringify(text);

/** Writes code that reads messages from parsed JSON. */
export class Readers {
  private readonly json: JsonCode;

  constructor(json: JsonCode) {
    this.json = json;
  }

  /** `readX(json, issues)`, imported into `user`. */
  of(user: SourceFile, message: DescMessage): string {
    return this.json.once(user, message, `read${typeName(message)}`, (source) => {
      const type = source.use(typeName(message), messagesModule(message.file), true);
      const issues = source.useSupport('Violations', 'violation', true);
      return [
        `export function read${type}(json: unknown, issues: ${issues}): ${type} {`,
        `  const message = ${this.json.creator(source, message)}();`,
        ...this.body(source, this.json.forms.of(message), 'message').map((line) => `  ${line}`),
        '  return message;',
        '}',
      ];
    });
  }

  /** Statements that read the object `json` into a message, without `return`. */
  body(source: SourceFile, form: readonly FormField[], target: string): string[] {
    const isObject = this.json.support(source, 'isJsonObject');
    const unknown = this.json.support(source, 'refuseUnknown');
    const cases = form.flatMap((field) => this.cases(source, field, target));
    return [
      `if (!${isObject}(json, issues)) return message;`,
      ...this.flags(form),
      ...this.holders(source, form, target),
      'for (const name in json) {',
      ...(cases.length > 0
        ? [
            '  const value = json[name];',
            '  switch (name) {',
            ...cases.map((line) => `    ${line}`),
            `    default: ${unknown}(name, issues);`,
            '  }',
          ]
        : [`  ${unknown}(name, issues);`]),
      '}',
    ];
  }

  /** Variables that remember which fields with an alias the object had. */
  private flags(form: readonly FormField[]): string[] {
    return form.flatMap(({ field, options, name }) => {
      if (options.inline && field.message) return this.flags(this.json.forms.of(field.message));
      return options.alias ? [`let name_${name} = '';`] : [];
    });
  }

  /** Variables of the messages that stand inline. */
  private holders(source: SourceFile, form: readonly FormField[], target: string): string[] {
    return form.flatMap((each) => {
      const { field, options, name } = each;
      if (!options.inline || !field.message) return [];
      refuseInRequest(each);
      const create = `${this.json.creator(source, field.message)}()`;
      return [
        `const inline_${name} = (${target}.${propertyName(field)} ??= ${create});`,
        ...this.holders(source, this.json.forms.of(field.message), `inline_${name}`),
      ];
    });
  }

  private cases(source: SourceFile, form: FormField, target: string): string[] {
    refuseInRequest(form);
    const { field, options, name } = form;
    const place = `${target}.${field.oneof ? propertyName(field.oneof) : propertyName(field)}`;
    if (options.inline && field.message)
      return this.json.forms
        .of(field.message)
        .flatMap((inner) => this.cases(source, inner, `inline_${name}`));
    const value = this.value(source, field, name, Boolean(options.unwrap));
    const set = field.oneof
      ? `${place} = { $case: ${quote(propertyName(field))}, value: ${value} };`
      : `${place} = ${value};`;
    const isNullable =
      options.nullIfAbsent ||
      (wellKnown(field.message)?.isNullable && wellKnown(field.message)?.read !== 'readValue');
    return [
      `case ${quote(name)}:`,
      ...(options.alias ? [`case ${quote(options.alias)}:`] : []),
      ...(options.alias
        ? [
            `if (name_${name} !== '' && name_${name} !== name) ${this.json.support(source, 'refuseSecond')}(name, ${quote(`${name} and ${options.alias}`)}, issues);`,
            `name_${name} = name;`,
          ]
        : []),
      ...(field.oneof
        ? [
            `if (${place} !== undefined && ${place}.$case !== ${quote(propertyName(field))}) ${this.json.support(source, 'refuseSecond')}(name, ${quote(oneofNames(form))}, issues);`,
          ]
        : []),
      (isNullable && !field.oneof && field.fieldKind === 'message') || options.nullIfAbsent
        ? `if (value !== null) ${set}`
        : set,
      'break;',
    ];
  }

  /** Expression that reads the variable `value`. */
  value(source: SourceFile, field: DescField, name: string, unwrap = false): string {
    if (unwrap) {
      const only = this.json.forms.unwrapped(field);
      return `{ ${propertyName(only)}: ${this.value(source, only, name)} }`;
    }
    switch (field.fieldKind) {
      case 'list':
        return `${this.json.support(source, 'readList')}(value, ${quote(name)}, issues, ${this.item(source, field)})`;
      case 'map': {
        const map = `${this.json.support(source, 'readMap')}(value, ${quote(name)}, issues, ${this.key(source, field.mapKey)}, ${this.item(source, field)})`;
        return field.mapKey === ScalarType.BOOL ? `${this.json.support(source, 'boolMap')}(${map})` : map;
      }
      case 'enum':
        return `${this.json.support(source, 'readEnum')}(value, ${quote(name)}, issues, ${this.json.enumValues(source, field.enum)})`;
      case 'message': {
        const known = wellKnown(field.message);
        if (known) return this.knownValue(source, known.read, name);
        return `${this.json.support(source, 'readWithin')}(value, ${quote(name)}, issues, ${this.of(source, field.message)})`;
      }
      default:
        return `${this.json.support(source, scalarCode(field.scalar).read)}(value, ${quote(name)}, issues)`;
    }
  }

  private knownValue(source: SourceFile, read: string, name: string): string {
    const reader = this.json.support(source, read);
    return read === 'readValue' ? `${reader}(value)` : `${reader}(value, ${quote(name)}, issues)`;
  }

  /** Function that reads an element of a list or a value of a map. */
  private item(source: SourceFile, field: DescField & { fieldKind: 'list' | 'map' }): string {
    if (field.message) {
      const known = wellKnown(field.message);
      if (known) return this.json.support(source, known.read);
      return `(item, _name, issues) => ${this.of(source, field.message)}(item, issues)`;
    }
    if (field.enum)
      return `(item, name, issues) => ${this.json.support(source, 'readEnum')}(item, name, issues, ${this.json.enumValues(source, field.enum)})`;
    return this.json.support(source, scalarCode((field as { scalar: ScalarType }).scalar).read);
  }

  private key(source: SourceFile, key: ScalarType): string {
    if (key === ScalarType.STRING) return this.json.support(source, 'textKey');
    if (key === ScalarType.BOOL) return this.json.support(source, 'boolKey');
    const [least, most] = KEY_RANGES[scalarCode(key).read] ?? [0, 0];
    return `${this.json.support(source, 'integerKey')}(${least}, ${most})`;
  }
}

const KEY_RANGES: Readonly<Record<string, readonly [number, number]>> = {
  readInt32: [-0x8000_0000, 0x7fff_ffff],
  readUint32: [0, 0xffff_ffff],
  readInt64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  readUint64: [0, Number.MAX_SAFE_INTEGER],
};

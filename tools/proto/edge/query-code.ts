import type { DescField, DescMessage, DescMethod } from '@bufbuild/protobuf';
import { type SourceFile, propertyName } from '../source-file.ts';
import { AnnotationError } from './annotation.error.ts';
import { wellKnown } from './field-types.ts';
import { type JsonCode, oneofNames } from './json-code.ts';
import { isText, TextFields } from './request-fields.ts';

const quote = (text: string) => JSON.stringify(text);

/** A parameter of the query: its names, and the fields from the request down to the one that it sets. */
interface Parameter {
  readonly names: readonly string[];
  readonly path: readonly DescField[];
}

/** Writes code that reads the fields which are neither in the path nor in the body. */
export class QueryCode {
  private readonly json: JsonCode;
  private readonly texts: TextFields;

  constructor(json: JsonCode) {
    this.json = json;
    this.texts = new TextFields(json);
  }

  /**
   * Statements that set the fields of `message` from `query`.
   *
   * @param taken the fields that path and body set
   * @param mustBindAll whether a field that no query can express is an error, because the request has no body
   */
  statements(
    source: SourceFile,
    method: DescMethod,
    taken: ReadonlySet<DescField>,
    mustBindAll: boolean,
  ): string[] {
    const parameters = this.parameters(method, method.input, taken, mustBindAll);
    if (parameters.length === 0)
      return [
        `${this.json.support(source, 'refuseQuery')}(input.query as ${this.inputType(source)}, issues);`,
      ];
    return [
      `const query = input.query as ${this.inputType(source)};`,
      'for (const name in query) {',
      '  const value = query[name];',
      '  switch (name) {',
      ...parameters.flatMap((parameter) => this.cases(source, parameter)).map((line) => `    ${line}`),
      `    default: ${this.json.support(source, 'refuseUnknown')}(name, issues);`,
      '  }',
      '}',
    ];
  }

  private inputType(source: SourceFile): string {
    return source.useSupport('QueryInput', 'read-text.support', true);
  }

  private parameters(
    method: DescMethod,
    message: DescMessage,
    taken: ReadonlySet<DescField>,
    mustBindAll: boolean,
    above: readonly DescField[] = [],
    prefix = '',
  ): Parameter[] {
    return this.json.forms.of(message).flatMap(({ field, options, name }): Parameter[] => {
      if (taken.has(field)) return [];
      const path = [...above, field];
      if (options.inline && field.message)
        return this.parameters(method, field.message, taken, mustBindAll, path, prefix);
      const names = [name, ...(options.alias ? [options.alias] : [])].map((each) => `${prefix}${each}`);
      if (options.unwrap) {
        const only = this.json.forms.unwrapped(field);
        if (canBeParameter(only)) return [{ names, path: [...path, only] }];
      } else if (canBeParameter(field)) return [{ names, path }];
      else if (field.fieldKind === 'message' && !wellKnown(field.message)) {
        if (!above.some((each) => each.message === field.message) && field.message !== method.input)
          return this.parameters(method, field.message, taken, mustBindAll, path, `${prefix}${name}.`);
      }
      if (!mustBindAll) return [];
      throw new AnnotationError(
        field,
        `no query can express it, and ${method.parent.name}.${method.name} has no body. ` +
          'Give the method a body, or mark the field internal.',
      );
    });
  }

  private cases(source: SourceFile, { names, path }: Parameter): string[] {
    const field = path.at(-1) as DescField;
    const [name = ''] = names;
    const { statements, holder } = this.descend(source, path.slice(0, -1));
    return [
      ...names.map((each) => `case ${quote(each)}:`),
      '{',
      ...statements,
      ...(names.length > 1 ? this.refuseBoth(source, names) : []),
      ...this.set(source, field, holder, name),
      'break;',
      '}',
    ];
  }

  private refuseBoth(source: SourceFile, names: readonly string[]): string[] {
    const [name = '', alias = ''] = names;
    const both = `name === ${quote(alias)} && query[${quote(name)}] !== undefined`;
    return [
      `if (${both}) ${this.json.support(source, 'refuseSecond')}(name, ${quote(`${name} and ${alias}`)}, issues);`,
    ];
  }

  private set(source: SourceFile, field: DescField, holder: string, name: string): string[] {
    const place = `${holder}.${field.oneof ? propertyName(field.oneof) : propertyName(field)}`;
    if (field.fieldKind === 'list') {
      const item = `(item, _name, issues) => ${this.texts.value(source, field, 'item', quote(''))}`;
      return [
        `${place} = ${this.json.support(source, 'readTexts')}(value, ${quote(name)}, issues, ${item});`,
      ];
    }
    const text = `${this.json.support(source, 'single')}(value, ${quote(name)}, issues)`;
    const value = this.texts.direct(source, field, text, quote(name));
    if (!field.oneof) return [`${place} = ${value};`];
    return [
      this.refuseOther(source, place, field),
      `${place} = { $case: ${quote(propertyName(field))}, value: ${value} };`,
    ];
  }

  private refuseOther(source: SourceFile, place: string, field: DescField): string {
    const names = oneofNames({ field, options: {}, name: field.name });
    const isOther = `${place} !== undefined && ${place}.$case !== ${quote(propertyName(field))}`;
    return `if (${isOther}) ${this.json.support(source, 'refuseSecond')}(name, ${quote(names)}, issues);`;
  }

  /** Statements that create the messages above a field, and the expression of the innermost one. */
  private descend(source: SourceFile, above: readonly DescField[]): { statements: string[]; holder: string } {
    const statements: string[] = [];
    let holder = 'message';
    for (const [depth, field] of above.entries()) {
      if (field.fieldKind !== 'message') continue;
      const create = `${this.json.creator(source, field.message)}()`;
      const next = `held${depth}`;
      if (field.oneof) {
        const place = `${holder}.${propertyName(field.oneof)}`;
        const isSet = `${place}?.$case === ${quote(propertyName(field))}`;
        statements.push(
          this.refuseOther(source, place, field),
          `const ${next} = ${isSet} ? ${place}.value : ${create};`,
          `${place} = { $case: ${quote(propertyName(field))}, value: ${next} };`,
        );
      } else {
        statements.push(`const ${next} = (${holder}.${propertyName(field)} ??= ${create});`);
      }
      holder = next;
    }
    return { statements, holder };
  }
}

function canBeParameter(field: DescField): boolean {
  if (field.fieldKind !== 'list') return isText(field);
  return field.listKind !== 'message' || (wellKnown(field.message)?.isText ?? false);
}

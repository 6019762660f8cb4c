import type { DescField, DescMessage, DescMethod } from '@bufbuild/protobuf';
import { type SourceFile, propertyName } from '../source-file.ts';
import { AnnotationError } from './annotation.error.ts';
import { isString, scalarCode, wellKnown } from './field-types.ts';
import type { JsonCode } from './json-code.ts';

/** Finds the field of a path such as `book.id`, with the messages above it. */
export function fieldAt(method: DescMethod, message: DescMessage, path: string, what: string): DescField[] {
  const found: DescField[] = [];
  let current: DescMessage | undefined = message;
  for (const name of path.split('.')) {
    const field: DescField | undefined = current?.fields.find((each) => each.name === name);
    if (!field)
      throw new AnnotationError(
        method,
        `${what} names "${path}", which is no field of ${message.typeName}. ${fieldsOf(message)}`,
      );
    found.push(field);
    current = field.fieldKind === 'message' ? field.message : undefined;
  }
  return found;
}

function fieldsOf({ fields }: DescMessage): string {
  if (fields.length === 0) return 'It has no fields; add one.';
  return `Its fields are ${fields.map(({ name }) => name).join(', ')}.`;
}

/** Whether one text, as in a path, a header or a query, can express a value of the field. */
export function isText(field: DescField): boolean {
  if (field.fieldKind === 'message') return wellKnown(field.message)?.isText ?? false;
  return field.fieldKind === 'scalar' || field.fieldKind === 'enum';
}

/** Writes code that sets fields from texts. */
export class TextFields {
  private readonly json: JsonCode;

  constructor(json: JsonCode) {
    this.json = json;
  }

  /** Expression that reads a text, which may have any form. `name` is source text. */
  value(source: SourceFile, field: DescField, text: string, name: string): string {
    const read = this.reader(source, field);
    if (field.fieldKind === 'enum' || (field.fieldKind === 'list' && field.enum)) {
      const values = this.json.enumValues(source, field.enum);
      return `${read}(${this.json.support(source, 'enumOf')}(${text}, ${values}), ${name}, issues, ${values})`;
    }
    const convert = this.converter(field);
    const value = convert ? `${this.json.support(source, convert)}(${text})` : text;
    return `${read}(${value}, ${name}, issues)`;
  }

  /** Like `value` for a text of a path or a header, which occurs once; a string needs no reader. */
  direct(source: SourceFile, field: DescField, text: string, name: string): string {
    return isString(field) ? text : this.value(source, field, text, name);
  }

  /** The message that holds the last field of a path, created when it is missing. */
  holder(source: SourceFile, path: readonly DescField[]): string {
    return path.slice(0, -1).reduce((place, field) => {
      if (!field.message || field.fieldKind !== 'message') return place;
      return `(${place}.${propertyName(field)} ??= ${this.json.creator(source, field.message)}())`;
    }, 'message');
  }

  private reader(source: SourceFile, field: DescField): string {
    if (field.message) return this.json.support(source, wellKnown(field.message)?.read ?? '');
    if (field.enum) return this.json.support(source, 'readEnum');
    return this.json.support(source, scalarCode((field as { scalar: 1 }).scalar).read);
  }

  private converter(field: DescField): string | undefined {
    if (field.message) return wellKnown(field.message)?.fromText;
    return scalarCode((field as { scalar: 1 }).scalar).fromText;
  }
}

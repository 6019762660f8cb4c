import type { DescField, DescMethod } from '@bufbuild/protobuf';
import { messagesModule, type SourceFile, typeName, propertyName } from '../source-file.ts';
import { AnnotationError } from './annotation.error.ts';
import { isString } from './field-types.ts';
import type { JsonCode } from './json-code.ts';
import type { HttpRule } from './options.ts';
import { parameterName, type PathTemplate } from './path-template.ts';
import { QueryCode } from './query-code.ts';
import { Readers } from './readers.ts';
import { fieldAt, isText, TextFields } from './request-fields.ts';

const quote = (text: string) => JSON.stringify(text);

/** Writes the binder of a route: path, query, headers and body → request message. */
export class BindCode {
  private readonly json: JsonCode;
  private readonly readers: Readers;
  private readonly query: QueryCode;
  private readonly texts: TextFields;

  constructor(json: JsonCode) {
    this.json = json;
    this.readers = new Readers(json);
    this.query = new QueryCode(json);
    this.texts = new TextFields(json);
  }

  /** Writes a function of this name with the type of `HttpRoute.bind`. */
  add(source: SourceFile, name: string, method: DescMethod, rule: HttpRule, template: PathTemplate): void {
    const { input } = method;
    const type = source.use(typeName(input), messagesModule(input.file), true);
    const variables = template.variables.map((variable) => ({
      name: parameterName(variable),
      isMulti: variable.isMulti,
      path: fieldAt(method, input, variable.field, 'the path'),
    }));
    for (const { path, isMulti } of variables)
      this.refuseWrongVariable(method, path.at(-1) as DescField, isMulti);
    const topLevel = variables.filter(({ path }) => path.length === 1).map(({ path }) => path[0]);
    const bodyField =
      rule.body === '' || rule.body === '*' ? undefined : fieldAt(method, input, rule.body, 'body').at(-1);
    if (rule.body.includes('.'))
      throw new AnnotationError(method, `body names "${rule.body}". Name a field of the request itself.`);
    if (bodyField && topLevel.includes(bodyField))
      throw new AnnotationError(method, `the field ${bodyField.name} is in the path and in the body.`);
    const taken = new Set<DescField>([
      ...variables.flatMap(({ path }) => path.slice(-1)),
      ...(bodyField ? [bodyField] : []),
    ]);
    const inputType = source.useSupport('HttpInput', 'http-endpoint', true);
    const issues = source.useSupport('Violations', 'violation', true);
    const lines = [
      ...this.body(source, name, method, rule, new Set(topLevel), bodyField),
      ...this.path(source, variables),
      ...this.edgeFields(source, method, taken),
      ...(rule.body === '*'
        ? [`${this.json.support(source, 'refuseQuery')}(input.query as ${this.queryType(source)}, issues);`]
        : this.query.statements(source, method, taken, rule.body === '')),
    ];
    source.add(
      `function ${name}(input: ${inputType}, ${lines.some((line) => /\bcaller\b/.test(line)) ? 'caller' : '_caller'}: string | undefined, issues: ${issues}): ${type} {`,
      ...lines.map((line) => `  ${line}`),
      '  return message;',
      '}',
      '',
    );
  }

  private queryType(source: SourceFile): string {
    return source.useSupport('QueryInput', 'read-text.support', true);
  }

  private refuseWrongVariable(method: DescMethod, field: DescField, isMulti: boolean): void {
    if (isMulti && !isString(field))
      throw new AnnotationError(
        method,
        `the variable ${field.name} covers several segments, so it must be a string. Change its type or its template.`,
      );
    if (isText(field)) return;
    throw new AnnotationError(
      method,
      `the path names ${field.name}, which is a ${field.fieldKind === 'message' ? 'message' : field.fieldKind} and no single value. ` +
        'Put it into the query or the body.',
    );
  }

  /** Declares `message`, with what the body says. */
  private body(
    source: SourceFile,
    name: string,
    method: DescMethod,
    { body }: HttpRule,
    topLevel: ReadonlySet<DescField>,
    bodyField: DescField | undefined,
  ): string[] {
    const { input } = method;
    if (body === '*') {
      const form = this.json.forms.of(input).filter(({ field }) => !topLevel.has(field));
      const isWhole = form.length === this.json.forms.of(input).length;
      const read = isWhole ? this.readers.of(source, input) : `${name}Body`;
      if (!isWhole) this.addBodyReader(source, read, method, topLevel);
      return [`const message = ${read}(input.body === undefined ? {} : input.body, issues);`];
    }
    const create = `const message = ${this.json.creator(source, input)}();`;
    if (!bodyField) return [create];
    const unwrap = Boolean(this.json.forms.options.ofField(bodyField).unwrap);
    const value = this.readers.value(source, bodyField, bodyField.name, unwrap);
    const place = bodyField.oneof
      ? `message.${propertyName(bodyField.oneof)} = { $case: ${quote(propertyName(bodyField))}, value: ${value} };`
      : `message.${propertyName(bodyField)} = ${value};`;
    return [create, 'const value = input.body;', `if (value !== undefined) ${place}`];
  }

  private addBodyReader(
    source: SourceFile,
    name: string,
    method: DescMethod,
    without: ReadonlySet<DescField>,
  ): void {
    const { input } = method;
    const type = source.use(typeName(input), messagesModule(input.file), true);
    const issues = source.useSupport('Violations', 'violation', true);
    const form = this.json.forms.of(input).filter(({ field }) => !without.has(field));
    source.add(
      `function ${name}(json: unknown, issues: ${issues}): ${type} {`,
      `  const message = ${this.json.creator(source, input)}();`,
      ...this.readers.body(source, form, 'message').map((line) => `  ${line}`),
      '  return message;',
      '}',
      '',
    );
  }

  private path(
    source: SourceFile,
    variables: readonly { name: string; path: readonly DescField[] }[],
  ): string[] {
    if (variables.length === 0) return [];
    const type = variables.map(({ name }) => `readonly ${name}: string`).join('; ');
    return [
      `const params = input.params as { ${type} };`,
      ...variables.map(({ name, path }) => {
        const field = path.at(-1) as DescField;
        const isMe = this.json.forms.options.ofField(field).me;
        const text = isMe ? `params.${name} === 'me' ? (caller ?? 'me') : params.${name}` : `params.${name}`;
        const value = this.texts.direct(source, field, text, quote(path.map((each) => each.name).join('.')));
        const holder = this.texts.holder(source, path);
        if (field.oneof)
          return `${holder}.${propertyName(field.oneof)} = { $case: ${quote(propertyName(field))}, value: ${value} };`;
        return `${holder}.${propertyName(field)} = ${value};`;
      }),
    ];
  }

  /** Fields that the edge takes from a header, or from the caller. */
  private edgeFields(source: SourceFile, method: DescMethod, taken: ReadonlySet<DescField>): string[] {
    return method.input.fields.flatMap((field) => {
      const { header, caller, internal } = this.json.forms.options.ofField(field);
      if (header === undefined && !caller && !internal) return [];
      if (taken.has(field))
        throw new AnnotationError(field, 'is in the path or the body, and so cannot come from elsewhere.');
      if (caller) {
        if (!isString(field)) throw new AnnotationError(field, 'caller needs a string. Change the type.');
        return [`message.${propertyName(field)} = caller${field.proto.proto3Optional ? '' : " ?? ''"};`];
      }
      if (header === undefined) return [];
      if (!isText(field) || field.oneof)
        throw new AnnotationError(field, 'header needs a field with one value. Change the type.');
      const name = quote(header);
      const variable = `header_${field.name}`;
      const text = `${this.json.support(source, 'headerText')}(input.headers[${quote(header.toLowerCase())}], ${name}, issues)`;
      const value = this.texts.direct(source, field, variable, name);
      return [
        `const ${variable} = ${text};`,
        `if (${variable} !== undefined) message.${propertyName(field)} = ${value};`,
      ];
    });
  }
}

import type { DescField, DescFile, DescMethod, DescService } from '@bufbuild/protobuf';
import { endpointsModule, messagesModule, SourceFile, typeName, propertyName } from '../source-file.ts';
import { AnnotationError } from './annotation.error.ts';
import { BindCode } from './bind-code.ts';
import {
  checkAccess,
  checkChange,
  checkStream,
  durationMs,
  meField,
  refuseUnreachable,
  versionCondition,
} from './method-rules.ts';
import { isOptional, scalarCode } from './field-types.ts';
import { JsonCode } from './json-code.ts';
import type { MessageForms } from './message-form.ts';
import { refuseNestedCaller } from './nested-options.ts';
import type { HttpRule, MethodOptions } from './options.ts';
import {
  needsRawPath,
  parameterName,
  parsePathTemplate,
  type PathTemplate,
  rawVerb,
  routerUrl,
} from './path-template.ts';
import { pathRules } from './path-rules.ts';
import { fieldAt } from './request-fields.ts';
import { restrictedFields } from './restricted-fields.ts';
import { Writers } from './writers.ts';

const quote = (text: string) => JSON.stringify(text);

/** Writes the `<file>.http.ts` files: an `HttpEndpoint` for each method with `google.api.http`. */
export class Endpoints {
  private readonly forms: MessageForms;
  private readonly json: JsonCode;
  private readonly bind: BindCode;
  private readonly writers: Writers;
  private readonly served = new Map<string, DescMethod>();
  private readonly binders = new Map<string, string>();

  constructor(forms: MessageForms) {
    this.forms = forms;
    this.json = new JsonCode(forms);
    this.bind = new BindCode(this.json);
    this.writers = new Writers(this.json);
  }

  generate(files: readonly DescFile[]): SourceFile[] {
    for (const { services } of files)
      for (const { methods } of services) for (const method of methods) refuseUnreachable(method, this.forms);
    const endpoints = files.flatMap((file) => {
      const services = file.services.filter((service) =>
        service.methods.some((method) => this.isServed(method)),
      );
      if (services.length === 0) return [];
      const source = new SourceFile(endpointsModule(file), `${file.name}.proto`);
      for (const service of services) this.addService(source, service);
      return [source];
    });
    return [...endpoints, ...this.json.files];
  }

  /** Whether HTTP reaches a method. */
  isServed(method: DescMethod): boolean {
    return this.forms.options.httpRulesOf(method).length > 0;
  }

  private addService(source: SourceFile, service: DescService): void {
    const methods = service.methods.filter((method) => this.isServed(method));
    const entries = methods.flatMap((method) => [
      `  ${method.localName}: {`,
      ...this.endpoint(source, method),
      '  },',
    ]);
    source.add(
      `/** The HTTP side of ${service.name}. */`,
      `export const ${service.name}Http = {`,
      ...entries,
      '} as const;',
      '',
    );
  }

  private endpoint(source: SourceFile, method: DescMethod): string[] {
    const options = this.forms.options.ofMethod(method);
    const rules = this.forms.options.httpRulesOf(method);
    if (method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming')
      throw new AnnotationError(method, 'HTTP cannot send a stream of requests. Remove google.api.http.');
    refuseNestedCaller(method.input, this.forms.options);
    const templates = rules.map((rule) => this.template(method, rule));
    const access = checkAccess(method, options);
    checkChange(method, options, rules);
    checkStream(method, options);
    const me = meField(method, options, templates, this.forms);
    return [
      'routes: [',
      ...rules.flatMap((rule, index) => this.route(source, method, rule, templates[index], index)),
      '],',
      `access: { kind: ${quote(access.kind)}, roles: [${access.roles.map(quote).join(', ')}] },`,
      `status: ${this.status(method, options)},`,
      ...(options.deadline === undefined ? [] : [`deadlineMs: ${durationMs(method, options.deadline)},`]),
      ...(me ? [`me: ${quote(me)},`] : []),
      ...(options.requireChange ? ['requiresChange: true,'] : []),
      ...this.restricted(source, method),
      ...(options.etag === undefined ? [] : this.version(source, method, options.etag)),
      ...(options.ifMatch === undefined ? [] : this.condition(source, method, options.ifMatch, templates)),
      ...(options.location === undefined ? [] : this.location(source, method, options.location)),
      ...this.jsonPath(source, method),
    ];
  }

  private template(method: DescMethod, { template }: HttpRule): PathTemplate {
    try {
      return parsePathTemplate(template);
    } catch (error) {
      throw new AnnotationError(method, `the path ${(error as Error).message}.`);
    }
  }

  private route(
    source: SourceFile,
    method: DescMethod,
    rule: HttpRule,
    template: PathTemplate,
    index: number,
  ): string[] {
    if (rule.body !== '' && (rule.method === 'GET' || rule.method === 'DELETE'))
      throw new AnnotationError(method, `${rule.method} has no body. Remove body, or use POST.`);
    this.refuseTwice(method, rule, template);
    const name = this.binder(source, method, rule, template, index);
    const verb = rawVerb(template);
    const variables = template.variables.map(
      (variable) =>
        `{ name: ${quote(parameterName(variable))}, from: ${variable.from}, to: ${variable.to ?? 'undefined'}, isMulti: ${variable.isMulti} }`,
    );
    return [
      '{',
      `method: ${quote(rule.method)},`,
      `template: ${quote(rule.template)},`,
      `url: ${quote(routerUrl(template))},`,
      ...(verb === undefined ? [] : [`verb: ${quote(verb)},`]),
      ...(needsRawPath(template) ? [`variables: [${variables.join(', ')}],`] : []),
      `hasBody: ${rule.body !== ''},`,
      ...(this.isExact(method, rule) ? ['isExact: true,'] : []),
      `bind: ${name},`,
      `write: ${this.write(source, method, rule)},`,
      '},',
    ];
  }

  /** The function that binds a route. Routes of a method with the same variables and the same body share it. */
  private binder(
    source: SourceFile,
    method: DescMethod,
    rule: HttpRule,
    template: PathTemplate,
    index: number,
  ): string {
    const fields = template.variables.map(({ field }) => field).sort();
    const key = [method.parent.typeName, method.name, rule.body, ...fields].join(' ');
    let name = this.binders.get(key);
    if (name === undefined) {
      name = `bind${method.parent.name}${method.name}${index === 0 ? '' : index + 1}`;
      this.bind.add(source, name, method, rule, template);
      this.binders.set(key, name);
    }
    return name;
  }

  private isExact({ input }: DescMethod, { body }: HttpRule): boolean {
    return body !== '' && this.forms.holdsFreeJson(input);
  }

  private write(source: SourceFile, method: DescMethod, { responseBody }: HttpRule): string {
    const { output } = method;
    if (responseBody === '') return this.writers.ofMessage(source, output);
    const field = fieldAt(method, output, responseBody, 'response_body').at(-1) as DescField;
    const type = source.use(typeName(output), messagesModule(output.file), true);
    const format = field.message && this.forms.holdsStatus(field.message) ? this.formatParameter(source) : '';
    return `(message: ${type}${format}) => ${this.writers.fieldValue(source, field, `message.${propertyName(field)}`)}`;
  }

  private formatParameter(source: SourceFile): string {
    return `, format: ${source.useSupport('ReplyFormat', 'http-endpoint', true)}`;
  }

  private refuseTwice(method: DescMethod, rule: HttpRule, template: PathTemplate): void {
    const url = routerUrl(template).replaceAll(/:[A-Za-z]\w*/g, ':');
    const key = `${rule.method} ${url} ${rawVerb(template) ?? ''}`;
    const other = this.served.get(key);
    if (other)
      throw new AnnotationError(
        method,
        `${rule.method} ${rule.template} already belongs to ${other.parent.typeName}.${other.name}. Change one of the paths.`,
      );
    this.served.set(key, method);
  }

  private status(method: DescMethod, { status = 200 }: MethodOptions): number {
    if (status < 200 || status > 299)
      throw new AnnotationError(method, `status ${status} is no success. Use 200 to 299.`);
    return status;
  }

  /** The fields that only users with certain roles may set. */
  private restricted(source: SourceFile, method: DescMethod): string[] {
    const request = source.use(typeName(method.input), messagesModule(method.input.file), true);
    const fields = restrictedFields(method.input, this.forms).map(
      ({ roles, isSet }) =>
        `{ roles: [${roles.map(quote).join(', ')}], isSet: (request: ${request}) => ${isSet} },`,
    );
    return fields.length === 0 ? [] : ['restricted: [', ...fields, '],'];
  }

  private version(source: SourceFile, method: DescMethod, etag: string): string[] {
    const field = fieldAt(method, method.output, etag, 'etag').at(-1) as DescField;
    const isValue =
      field.fieldKind === 'scalar' &&
      ['readString', 'readInt64', 'readUint64', 'readInt32', 'readUint32'].includes(
        scalarCode(field.scalar).read,
      );
    if (!isValue || isOptional(field) || etag.includes('.'))
      throw new AnnotationError(
        method,
        `etag names ${etag}, but needs a text or a whole number of ${method.output.typeName}. Name another field.`,
      );
    const type = source.use(typeName(method.output), messagesModule(method.output.file), true);
    return [`version: (response: ${type}) => response.${propertyName(field)},`];
  }

  private condition(
    source: SourceFile,
    method: DescMethod,
    ifMatch: string,
    templates: readonly PathTemplate[],
  ): string[] {
    const { read, field, ids } = versionCondition(method, ifMatch, templates, this.forms);
    const request = source.use(typeName(method.input), messagesModule(method.input.file), true);
    const values = ids.map((id) => `${id}: request.${id}`).join(', ');
    return [
      'condition: {',
      `readMethod: ${quote(read.localName)},`,
      `readRequest: (request: ${request}) => ({ ...${this.json.creator(source, read.input)}(), ${values} }),`,
      `expect: (request: ${request}, versions: number[]) => { request.${propertyName(field)} = versions; },`,
      '},',
    ];
  }

  private location(source: SourceFile, method: DescMethod, location: string): string[] {
    const { output } = method;
    const type = source.use(typeName(output), messagesModule(output.file), true);
    const text = location.replaceAll('`', '\\`').replaceAll(/\{([^{}]*)\}/g, (_, name: string) => {
      const field = fieldAt(method, output, name, 'location').at(-1) as DescField;
      if (field.fieldKind !== 'scalar' || name.includes('.'))
        throw new AnnotationError(
          method,
          `location names ${name}, which is no single value. Name another field.`,
        );
      return `\${encodeURIComponent(String(response.${propertyName(field)}))}`;
    });
    return [`location: (response: ${type}) => \`${text}\`,`];
  }

  private jsonPath(source: SourceFile, method: DescMethod): string[] {
    const rules = pathRules(method.input, this.forms);
    return rules.length === 0
      ? []
      : [`jsonPath: ${this.json.support(source, 'jsonPaths')}([${rules.join(', ')}]),`];
  }
}

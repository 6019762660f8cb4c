import type { DescEnum, DescField, DescFile, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { jsonModule, messagesModule, SourceFile, typeName, propertyName } from '../source-file.ts';
import { AnnotationError } from './annotation.error.ts';
import { defaultCode } from './default-value.ts';
import { isOptional, scalarCode, wellKnown } from './field-types.ts';
import type { FormField, MessageForms } from './message-form.ts';
import { SUPPORT } from './support.ts';

/** The `<file>.http-json.ts` files. A function is written when another one first needs it. */
export class JsonCode {
  readonly forms: MessageForms;
  private readonly sources = new Map<DescFile, SourceFile>();
  private readonly written = new Set<string>();

  constructor(forms: MessageForms) {
    this.forms = forms;
  }

  get files(): SourceFile[] {
    return [...this.sources.values()];
  }

  /** The file for a message or an enum. */
  sourceOf(type: DescMessage | DescEnum): SourceFile {
    let source = this.sources.get(type.file);
    if (!source) {
      source = new SourceFile(jsonModule(type.file), `${type.file.name}.proto`);
      this.sources.set(type.file, source);
    }
    return source;
  }

  /** Writes a function once; returns its name, imported into `user`. */
  once(
    user: SourceFile,
    type: DescMessage | DescEnum,
    name: string,
    write: (source: SourceFile) => string[],
  ): string {
    const source = this.sourceOf(type);
    if (!this.written.has(`${source.path} ${name}`)) {
      this.written.add(`${source.path} ${name}`);
      source.add(...write(source), '');
    }
    return user.use(name, jsonModule(type.file));
  }

  /** `createX()`: a message whose fields have their defaults at the edge. */
  creator(user: SourceFile, message: DescMessage): string {
    return this.once(user, message, `create${typeName(message)}`, (source) => {
      const type = source.use(typeName(message), messagesModule(message.file), true);
      const members = message.members.map((member) =>
        member.kind === 'oneof'
          ? `${propertyName(member)}: undefined`
          : `${propertyName(member)}: ${this.initial(source, member)}`,
      );
      return [`export function create${type}(): ${type} {`, `  return { ${members.join(', ')} };`, '}'];
    });
  }

  /** The map from names, and for an enum without names of its own also from numbers, to the values of an enum. */
  enumValues(user: SourceFile, type: DescEnum): string {
    return this.once(user, type, `${typeName(type)}Values`, () => {
      const { names, hasOwnNames } = this.forms.enumValues(type);
      const entries = names.flatMap(([name, value]) => [
        `[${JSON.stringify(name)}, ${value}]`,
        ...(hasOwnNames ? [] : [`[${value}, ${value}]`]),
      ]);
      return [
        `export const ${typeName(type)}Values: ReadonlyMap<unknown, number> = new Map<unknown, number>([`,
        `${entries.join(', ')}`,
        ']);',
      ];
    });
  }

  /** The map from the values of an enum to their JSON. */
  enumNames(user: SourceFile, type: DescEnum): string {
    return this.once(user, type, `${typeName(type)}Names`, () => {
      const { names } = this.forms.enumValues(type);
      const first = type.values.find(({ number }) => number === 0);
      const all =
        names.some(([, value]) => value === 0) || !first ? names : [[first.name, 0] as const, ...names];
      const entries = [...new Map([...all].reverse().map(([name, value]) => [value, name]))].reverse();
      const text = entries.map(([value, name]) => `[${value}, ${JSON.stringify(JSON.stringify(name))}]`);
      return [
        `export const ${typeName(type)}Names: ReadonlyMap<number, string> = new Map([`,
        text.join(', '),
        ']);',
      ];
    });
  }

  /** Imports a function of the support files. */
  support(user: SourceFile, name: string): string {
    const module = SUPPORT[name];
    if (!module) throw new Error(`${name} is in no support file; see tools/proto/edge/support.ts`);
    return user.useSupport(name, module);
  }

  private initial(source: SourceFile, field: DescField): string {
    const { default: text, inline } = this.forms.options.ofField(field);
    if (text !== undefined) {
      const { text: code, needs } = defaultCode(field, text, this.forms);
      if (needs) this.support(source, needs);
      return code;
    }
    if (field.fieldKind === 'list') return '[]';
    if (field.fieldKind === 'map') return field.mapKey === ScalarType.BOOL ? 'new Map()' : '{}';
    if (field.fieldKind === 'message' && inline) return `${this.creator(source, field.message)}()`;
    if (isOptional(field)) return 'undefined';
    return field.fieldKind === 'enum' ? '0' : scalarCode((field as { scalar: ScalarType }).scalar).zero;
  }
}

/** Names of the members of a oneof, for a message. */
export function oneofNames({ field }: FormField): string {
  const names = field.oneof?.fields.map(({ name }) => name) ?? [];
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

export function refuseInRequest({ field, options }: FormField): void {
  if (options.json)
    throw new AnnotationError(field, 'json is only for replies. Use google.protobuf.Value in a request.');
  if (options.inline && field.oneof)
    throw new AnnotationError(field, 'inline cannot be a member of a oneof in a request. Remove inline.');
  if (wellKnown(field.message) === undefined && field.message?.typeName === 'google.rpc.Status')
    throw new AnnotationError(field, 'google.rpc.Status is only for replies. Mark the field internal.');
}

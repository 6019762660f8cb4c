import type { DescFile, DescMessage, DescOneof } from '@bufbuild/protobuf';
import type { RulesReader } from './field-rules.ts';
import { messagesModule, type SourceFile, typeName, validatorsModule, propertyName } from './source-file.ts';

/**
 * Writes `ValidX` for each message X whose type changes by validation: a field that a rule requires is no longer
 * optional, in X itself or in a message that X holds.
 */
export class ValidTypes {
  private readonly rules: RulesReader;
  private readonly changed: ReadonlySet<DescMessage>;

  constructor(messages: readonly DescMessage[], rules: RulesReader) {
    this.rules = rules;
    const changed = new Set<DescMessage>();
    for (let before = -1; before !== changed.size;) {
      before = changed.size;
      for (const message of messages) if (this.narrowed(message, changed).length > 0) changed.add(message);
    }
    this.changed = changed;
  }

  /** Returns the type of a message after validation, and imports it. */
  use(source: SourceFile, message: DescMessage): string {
    return this.changed.has(message)
      ? source.use(`Valid${typeName(message)}`, validatorsModule(message.file), true)
      : source.use(typeName(message), messagesModule(message.file), true);
  }

  /** Writes the validated type of a message beside its validator, when it differs. */
  add(source: SourceFile, message: DescMessage): void {
    if (!this.changed.has(message)) return;
    const name = source.use(typeName(message), messagesModule(message.file), true);
    source.add(
      `/** What \`validate${name}\` has accepted: required fields are present. */`,
      `export interface Valid${name} extends ${name} {`,
      ...this.narrowed(message, this.changed, source),
      '}',
      '',
    );
  }

  /** The properties whose types change. */
  private narrowed(message: DescMessage, changed: ReadonlySet<DescMessage>, source?: SourceFile): string[] {
    return message.members.flatMap((member) => {
      if (member.kind === 'oneof') return this.oneof(message, member);
      const required = this.rules.ofField(member).required;
      const held = member.message && changed.has(member.message) ? member.message : undefined;
      const type = held && (source ? this.use(source, held) : typeName(held));
      const property = propertyName(member);
      if (member.fieldKind === 'list') return type ? [`  ${property}: ${type}[];`] : [];
      if (member.fieldKind === 'map') return [];
      if (type) return [`  ${property}: ${type}${required ? '' : ' | undefined'};`];
      // The null of a google.protobuf.Value is a value.
      const isValue = member.message?.typeName === 'google.protobuf.Value';
      const optional = (member.fieldKind === 'message' && !isValue) || member.proto.proto3Optional;
      return required && optional ? [present(message, property)] : [];
    });
  }

  private oneof(message: DescMessage, oneof: DescOneof): string[] {
    return this.rules.oneofIsRequired(oneof) ? [present(message, propertyName(oneof))] : [];
  }
}

function present(message: DescMessage, property: string): string {
  return `  ${property}: NonNullable<${typeName(message)}['${property}']>;`;
}

/** Every message of a file, nested ones included. */
export function allMessages(scope: DescFile | DescMessage): DescMessage[] {
  const own = scope.kind === 'file' ? scope.messages : scope.nestedMessages;
  return own.flatMap((message) => [message, ...allMessages(message)]);
}

import {
  ScalarType,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescOneof,
} from '@bufbuild/protobuf';
import { RulesReader, unsupported, type FieldRules } from './field-rules.ts';
import { compileRules, type RuleCheck } from './rule-checks.ts';
import { messagesModule, SourceFile, typeName, validatorsModule, propertyName } from './source-file.ts';
import { allMessages, type ValidTypes } from './valid-types.ts';

/** Writes `validateX`, `ValidX` and `XRules` for every request, and for every message with a rule in it or below it. */
export class ValidatorsGenerator {
  private readonly rules: RulesReader;
  private readonly files: readonly DescFile[];
  private readonly validated: ReadonlySet<DescMessage>;
  private readonly validTypes: ValidTypes;
  private readonly held: ReadonlySet<DescMessage>;

  constructor(files: readonly DescFile[], rules: RulesReader, validTypes: ValidTypes) {
    this.validTypes = validTypes;
    this.files = files;
    this.rules = rules;
    this.validated = this.findValidated();
    this.held = this.findHeld();
  }

  generate(): SourceFile[] {
    return this.files.flatMap((file) => {
      const messages = allMessages(file).filter((message) => this.validated.has(message));
      if (messages.length === 0) return [];
      const source = new SourceFile(validatorsModule(file), `${file.name}.proto`);
      for (const message of messages) {
        this.addMessage(source, message);
        this.addContract(source, message);
      }
      return [source];
    });
  }

  /** Requests, messages with rules, and messages that contain one of these. */
  private findValidated(): Set<DescMessage> {
    const messages = this.files.flatMap(allMessages);
    const requests = this.files
      .flatMap((file) => file.services.flatMap((service) => service.methods.map(({ input }) => input)))
      .filter((message) => this.files.includes(message.file));
    const validated = new Set([...requests, ...messages.filter((message) => this.hasRules(message))]);
    for (let before = -1; before !== validated.size;) {
      before = validated.size;
      for (const message of messages) {
        if (message.fields.some((field) => field.message && validated.has(field.message)))
          validated.add(message);
      }
    }
    return validated;
  }

  /** Finds the messages that an rpc or another message uses. */
  private findHeld(): Set<DescMessage> {
    const methods = this.files.flatMap(({ services }) => services.flatMap((service) => service.methods));
    const fields = this.files.flatMap(allMessages).flatMap((message) => message.fields);
    return new Set([
      ...methods.flatMap(({ input, output }) => [input, output]),
      ...fields.flatMap(({ message }) => (message ? [message] : [])),
    ]);
  }

  /** Adds the contract of an event: only an event is used by nothing else in the proto files. */
  private addContract(source: SourceFile, message: DescMessage): void {
    if (this.held.has(message) || message.parent) return;
    const name = source.use(typeName(message), messagesModule(message.file));
    const contract = source.useSupport('MessageContract', 'message-contract', true);
    const valid = this.validTypes.use(source, message);
    const type = valid === name ? name : `${name}, ${valid}`;
    source.add(
      `/** The event message ${name}, for \`defineEvent\`. */`,
      `export const ${name}Contract: ${contract}<${type}> = { codec: ${name}, validate: validate${name} };`,
      '',
    );
  }

  private hasRules(message: DescMessage): boolean {
    this.rules.refuseMessageRules(message);
    return (
      message.oneofs.some((oneof) => this.rules.oneofIsRequired(oneof)) ||
      message.fields.some((field) => {
        const { required, kind } = this.rules.ofField(field);
        return required || kind !== undefined;
      })
    );
  }

  private addMessage(source: SourceFile, message: DescMessage): void {
    const name = source.use(typeName(message), messagesModule(message.file), true);
    const violation = source.useSupport('Violation', 'violation', true);
    const valid = source.useSupport('VALID', 'validation.support');
    const body = message.members.flatMap((member) =>
      member.kind === 'oneof'
        ? this.oneof(source, member)
        : this.field(source, member, `message.${propertyName(member)}`),
    );
    this.addConstants(source, message);
    this.validTypes.add(source, message);
    if (body.length === 0) {
      source.add(
        `export function validate${name}(_message: ${name}): readonly ${violation}[] {`,
        `  return ${valid};`,
        '}',
        '',
      );
      return;
    }
    source.add(
      `export function validate${name}(message: ${name}): readonly ${violation}[] {`,
      `  let found: ${violation}[] | undefined;`,
      ...body.map((line) => `  ${line}`),
      `  return found ?? ${valid};`,
      '}',
      '',
    );
  }

  private addConstants(source: SourceFile, message: DescMessage): void {
    const lines = message.fields.flatMap((field) => {
      const { constants } = compileRules(this.rules.ofField(field), field, 'value');
      const properties = constants.map(([name, literal]) => `${name}: ${literal}`);
      return properties.length > 0 ? [`  ${propertyName(field)}: { ${properties.join(', ')} },`] : [];
    });
    if (lines.length > 0)
      source.add(`export const ${typeName(message)}Rules = {`, ...lines, '} as const;', '');
  }

  private oneof(source: SourceFile, oneof: DescOneof): string[] {
    const union = `message.${propertyName(oneof)}`;
    const cases = oneof.fields.flatMap((field) => {
      const body = this.field(source, field, `${union}.value`);
      return body.length > 0
        ? [`if (${union}?.$case === '${propertyName(field)}') {`, ...indent(body), '}']
        : [];
    });
    if (!this.rules.oneofIsRequired(oneof)) return cases;
    return [`if (${union} === undefined) ${violate(source, oneof.name, 'is required')}`, ...cases];
  }

  private field(source: SourceFile, field: DescField, value: string): string[] {
    const rules = this.rules.ofField(field);
    switch (field.fieldKind) {
      case 'map':
        if (rules.required || rules.kind) throw unsupported(field, 'map');
        return this.map(source, field, value);
      case 'list':
        return this.list(source, field, rules, value);
      case 'message':
        return this.nested(source, field, rules, value);
      default:
        return this.scalar(source, field, rules, value);
    }
  }

  private scalar(
    source: SourceFile,
    field: DescField & { fieldKind: 'scalar' | 'enum' },
    rules: FieldRules,
    value: string,
  ): string[] {
    const { checks } = compileRules(rules, field, value);
    const mayBeAbsent = field.proto.proto3Optional;
    const absent = mayBeAbsent ? `${value} === undefined` : isZero(field, value);
    const required: RuleCheck[] = rules.required ? [{ broken: absent, message: 'is required' }] : [];
    const lines = chain(source, [...required, ...checks], JSON.stringify(field.name));
    if (!mayBeAbsent || rules.required || lines.length === 0) return lines;
    return [`if (${value} !== undefined) {`, ...indent(lines), '}'];
  }

  private nested(
    source: SourceFile,
    field: DescField & { fieldKind: 'message' },
    rules: FieldRules,
    value: string,
  ): string[] {
    if (rules.kind) throw unsupported(field, rules.kind);
    const inOneof = field.oneof !== undefined;
    const required =
      rules.required && !inOneof
        ? `if (${value} === undefined) ${violate(source, field.name, 'is required')}`
        : undefined;
    if (!this.validated.has(field.message)) return required ? [required] : [];
    const validate = source.use(`validate${typeName(field.message)}`, validatorsModule(field.message.file));
    const within = source.useSupport('violateWithin', 'validation.support');
    const descend = `found = ${within}(found, '${field.name}', ${validate}(${value}));`;
    if (required) return [required, `else ${descend}`];
    return [inOneof ? descend : `if (${value} !== undefined) ${descend}`];
  }

  private list(
    source: SourceFile,
    field: DescField & { fieldKind: 'list' },
    rules: FieldRules,
    value: string,
  ): string[] {
    const { checks } = compileRules(rules, field, value);
    const required: RuleCheck[] = rules.required
      ? [{ broken: `${value}.length === 0`, message: 'must not be empty' }]
      : [];
    const count = chain(source, [...required, ...checks], JSON.stringify(field.name));
    const elements = this.elements(source, field, rules, value);
    if (elements.length === 0) return count;
    if (count.length === 0) return ['{', ...indent(elements), '}'];
    return [...count, 'else {', ...indent(elements), '}'];
  }

  private map(source: SourceFile, field: DescField & { fieldKind: 'map' }, value: string): string[] {
    if (!field.message || !this.validated.has(field.message)) return [];
    const validate = source.use(`validate${typeName(field.message)}`, validatorsModule(field.message.file));
    const within = source.useSupport('violateWithin', 'validation.support');
    return [
      `for (const [key, item] of Object.entries(${value})) {`,
      `  const nested = ${validate}(item);`,
      `  if (nested.length > 0) found = ${within}(found, ${'`' + field.name + '.${key}`'}, nested);`,
      '}',
    ];
  }

  private elements(
    source: SourceFile,
    field: DescField & { fieldKind: 'list' },
    rules: FieldRules,
    value: string,
  ): string[] {
    const path = '`' + field.name + '[${index}]`';
    const body: string[] = [];
    if (field.listKind === 'message' && this.validated.has(field.message)) {
      const validate = source.use(`validate${typeName(field.message)}`, validatorsModule(field.message.file));
      const within = source.useSupport('violateWithin', 'validation.support');
      body.push(
        `const nested = ${validate}(item);`,
        `if (nested.length > 0) found = ${within}(found, ${path}, nested);`,
      );
    } else if (rules.items) {
      body.push(...chain(source, compileRules(rules.items, field, 'item').checks, path));
    }
    if (body.length === 0) return [];
    return ['let index = 0;', `for (const item of ${value}) {`, ...indent([...body, 'index++;']), '}'];
  }
}

/** Reports only the first violation of a field, because others would mostly repeat it. */
function chain(source: SourceFile, checks: readonly RuleCheck[], path: string): string[] {
  return checks.map(({ broken, message, needs = [] }, index) => {
    for (const name of needs) source.useSupport(name, 'validation.support');
    const report = source.useSupport('violate', 'validation.support');
    return `${index > 0 ? 'else ' : ''}if (${broken}) found = ${report}(found, ${path}, ${JSON.stringify(message)});`;
  });
}

function violate(source: SourceFile, path: string, message: string): string {
  return `found = ${source.useSupport('violate', 'validation.support')}(found, '${path}', '${message}');`;
}

function isZero(field: DescField & { fieldKind: 'scalar' | 'enum' }, value: string): string {
  if (field.fieldKind === 'enum') return `${value} === 0`;
  switch (field.scalar) {
    case ScalarType.STRING:
      return `${value} === ''`;
    case ScalarType.BYTES:
      return `${value}.length === 0`;
    case ScalarType.BOOL:
      return `!${value}`;
    default:
      return `${value} === 0`;
  }
}

const indent = (lines: readonly string[]) => lines.map((line) => `  ${line}`);

import {
  getOption,
  hasOption,
  isFieldSet,
  type AnyDesc,
  type DescField,
  type DescMessage,
  type DescOneof,
  type FileRegistry,
  type Message,
} from '@bufbuild/protobuf';
import { AnnotationError } from './edge/annotation.error.ts';

/** A rule's value; an int64 is converted to a number. */
export type RuleValue = number | string | boolean | readonly (number | string)[];

/** The `buf.validate` annotation of a field, read into plain data. */
export interface FieldRules {
  readonly required: boolean;
  /** The family of the rules: `string`, `int64`, `repeated`, … */
  readonly kind?: string;
  readonly values: ReadonlyMap<string, RuleValue>;
  /** Rules of each element of a repeated field. */
  readonly items?: FieldRules;
}

const none: FieldRules = { required: false, values: new Map() };

/** Reads annotations. An unsupported one is an error, so that every declared rule is checked. */
export class RulesReader {
  private readonly registry: FileRegistry;

  constructor(registry: FileRegistry) {
    this.registry = registry;
  }

  ofField(field: DescField): FieldRules {
    const found = this.option(field, 'buf.validate.field');
    return found ? this.read(found, field) : none;
  }

  oneofIsRequired(oneof: DescOneof): boolean {
    const found = this.option(oneof, 'buf.validate.oneof');
    if (!found) return false;
    return this.setFields(found).every((field) => field.name === 'required' && found.required === true);
  }

  /** Rejects message-level rules (CEL), which the generated code does not support. */
  refuseMessageRules(message: DescMessage): void {
    if (this.option(message, 'buf.validate.message')) {
      throw new AnnotationError(message, '(buf.validate.message) is not supported. Use rules of fields.');
    }
  }

  private read(rules: AnyMessage, target: DescField): FieldRules {
    let result = none;
    for (const field of this.setFields(rules)) {
      if (field.name === 'required') result = { ...result, required: rules.required === true };
      else if (field.oneof?.name === 'type') result = { ...result, ...this.readKind(rules, field, target) };
      else throw unsupported(target, field.name);
    }
    return result;
  }

  private readKind(rules: AnyMessage, kind: DescField, target: DescField): FieldRules {
    const { value } = rules.type as { value: AnyMessage };
    const values = new Map<string, RuleValue>();
    let items: FieldRules | undefined;
    for (const field of this.setFields(value)) {
      const rule = field.oneof
        ? (value[field.oneof.localName] as { value: unknown }).value
        : value[field.localName];
      if (kind.name === 'repeated' && field.name === 'items') items = this.read(rule as AnyMessage, target);
      else values.set(field.name, plain(rule, target, `${kind.name}.${field.name}`));
    }
    return { required: false, kind: kind.name, values, ...(items && { items }) };
  }

  private setFields(message: AnyMessage): DescField[] {
    const description = this.registry.getMessage(message.$typeName);
    if (!description) throw new Error(`${message.$typeName} is not among the vendored proto files`);
    if (message.$unknown?.length)
      throw new Error(`${message.$typeName} has options that its proto file lacks`);
    return description.fields.filter((field) => isFieldSet(message, field));
  }

  private option(target: Exclude<AnyDesc, { kind: 'file' }>, name: string): AnyMessage | undefined {
    const extension = this.registry.getExtension(name);
    if (!extension) return undefined;
    return hasOption(target, extension) ? (getOption(target, extension) as AnyMessage) : undefined;
  }
}

type AnyMessage = Message & Record<string, unknown>;

function plain(value: unknown, target: DescField, rule: string): RuleValue {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, target, rule) as number | string);
  throw unsupported(target, rule);
}

export function unsupported(field: DescField, rule: string): AnnotationError {
  return new AnnotationError(
    field,
    `the rule ${rule} of buf.validate is not supported. tools/proto/rule-checks.ts shows those that are.`,
  );
}

import type { DescEnum, DescField, DescMessage } from '@bufbuild/protobuf';
import { AnnotationError } from './annotation.error.ts';
import { checkFieldOptions } from './field-options.ts';
import { isRpcStatus, wellKnown } from './field-types.ts';
import type { FieldOptions, OptionsReader } from './options.ts';

/** A field as HTTP shows it. */
export interface FormField {
  readonly field: DescField;
  readonly options: FieldOptions;
  /** Name in JSON and in the query. */
  readonly name: string;
}

/** Knows how messages look in HTTP, and refuses options that cannot be followed. */
export class MessageForms {
  readonly options: OptionsReader;
  private readonly hidden: ReadonlySet<DescField>;
  private readonly forms = new Map<DescMessage, readonly FormField[]>();

  /** @param hidden fields that the edge sets itself, beside those that their own options hide */
  constructor(options: OptionsReader, hidden: ReadonlySet<DescField>) {
    this.options = options;
    this.hidden = hidden;
  }

  /** The fields of a message that JSON shows, in the order of the proto file. An inline message is one of them. */
  of(message: DescMessage): readonly FormField[] {
    const known = this.forms.get(message);
    if (known) return known;
    const form = message.fields
      .map((field) => ({ field, options: this.checked(field), name: field.name }))
      .filter(({ field, options }) => !this.isHidden(field, options));
    this.forms.set(message, form);
    this.refuseClashes(message);
    return form;
  }

  isHidden(field: DescField, options: FieldOptions = this.options.ofField(field)): boolean {
    return Boolean(options.header ?? options.caller ?? options.internal) || this.hidden.has(field);
  }

  /** The only field of a message that `unwrap` replaces by its value. */
  unwrapped(field: DescField): DescField {
    const [only, ...others] = field.message?.fields ?? [];
    if (field.fieldKind !== 'message' || !only || others.length > 0 || wellKnown(field.message))
      throw new AnnotationError(field, 'unwrap needs a message with exactly one field. Remove unwrap.');
    return only;
  }

  /** Whether the JSON of a message contains a google.rpc.Status. */
  holdsStatus(message: DescMessage, above: readonly DescMessage[] = []): boolean {
    if (isRpcStatus(message)) return true;
    if (wellKnown(message) || above.includes(message)) return false;
    return this.of(message).some(({ field }) => {
      const held = heldMessage(field);
      return held !== undefined && this.holdsStatus(held, [...above, message]);
    });
  }

  /** Whether the JSON of a message contains JSON without a schema. */
  holdsFreeJson(message: DescMessage, above: readonly DescMessage[] = []): boolean {
    if (above.includes(message)) return false;
    const known = wellKnown(message);
    if (known) return known.isFree ?? false;
    return this.of(message).some(({ field }) => {
      const held = heldMessage(field);
      return held !== undefined && this.holdsFreeJson(held, [...above, message]);
    });
  }

  /** The names of an enum's values in JSON; with numbers when the names are those of the proto file. */
  enumValues(type: DescEnum): { names: readonly (readonly [string, number])[]; hasOwnNames: boolean } {
    const named = type.values.map((value) => ({ value, json: this.options.jsonNameOf(value) }));
    const hasOwnNames = named.some(({ json }) => json !== undefined);
    const unnamed = named.find(({ value, json }) => json === undefined && value.number !== 0);
    if (hasOwnNames && unnamed)
      throw new AnnotationError(
        unnamed.value,
        'has no JSON name, but other values of its enum have one. Set (ganymede.options.v1.enum_value).json here too.',
      );
    const names = named
      .filter(({ json }) => !hasOwnNames || json !== undefined)
      .map(({ value, json }) => [json ?? value.name, value.number] as const);
    const twice = names.find(([name], index) => names.findIndex(([each]) => each === name) < index);
    if (twice) throw new AnnotationError(type, `has the JSON name "${twice[0]}" twice. Rename one of them.`);
    return { names, hasOwnNames };
  }

  private checked(field: DescField): FieldOptions {
    const options = this.options.ofField(field);
    if (heldMessage(field)?.typeName === 'google.protobuf.Any' && !this.isHidden(field, options))
      throw new AnnotationError(
        field,
        'google.protobuf.Any has no JSON here. Use a message or google.protobuf.Value, or mark the field internal.',
      );
    checkFieldOptions(field, options);
    if (options.unwrap) this.unwrapped(field);
    return options;
  }

  private refuseClashes(message: DescMessage): void {
    const owners = new Map<string, DescField>();
    for (const { field, name } of this.names(message)) {
      const owner = owners.get(name);
      if (owner)
        throw new AnnotationError(
          field,
          `"${name}" is already a name in the JSON of ${message.typeName} (${owner.parent.name}.${owner.name}). ` +
            'Rename the field or its alias, or remove inline.',
        );
      owners.set(name, field);
    }
  }

  /** Every name in the object of a message, with those of inline messages and with aliases. */
  private names(
    message: DescMessage,
    above: readonly DescMessage[] = [],
  ): { field: DescField; name: string }[] {
    return this.of(message).flatMap(({ field, options, name }) => {
      if (options.inline && field.message) {
        if (above.includes(field.message) || field.message === message)
          throw new AnnotationError(field, 'inline cannot hold itself. Remove inline.');
        return this.names(field.message, [...above, message]);
      }
      return [{ field, name }, ...(options.alias ? [{ field, name: options.alias }] : [])];
    });
  }
}

/** The message of a field, of the elements of a list or of the values of a map. */
export function heldMessage(field: DescField): DescMessage | undefined {
  return field.message;
}

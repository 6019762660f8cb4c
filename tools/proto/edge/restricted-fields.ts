import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { propertyName } from '../source-file.ts';
import { AnnotationError } from './annotation.error.ts';
import { isOptional, scalarCode, wellKnown } from './field-types.ts';
import type { FormField, MessageForms } from './message-form.ts';

/** A field that only users with certain roles may set. */
interface RestrictedField {
  readonly roles: readonly string[];
  /** Condition that `request` sets the field, as source text. */
  readonly isSet: string;
}

/** Finds the fields with roles of a request, also in the messages that it holds. @throws AnnotationError */
export function restrictedFields(request: DescMessage, forms: MessageForms): RestrictedField[] {
  return within(request, 'request', forms, []);
}

function within(
  message: DescMessage,
  place: string,
  forms: MessageForms,
  above: readonly DescMessage[],
): RestrictedField[] {
  return forms.of(message).flatMap((form) => {
    const { field, options } = form;
    const own = options.roles ? [{ roles: options.roles, isSet: isSetIn(place, form) }] : [];
    const held = field.message;
    if (!held || wellKnown(held) || held === message || above.includes(held)) return own;
    if (field.fieldKind === 'message' && !field.oneof)
      return [...own, ...within(held, `${place}?.${propertyName(field)}`, forms, [...above, message])];
    refuseRolesIn(held, forms, [...above, message]);
    return own;
  });
}

/** Whether an element of a list sets a field is not checked, so such a field must not have roles. */
function refuseRolesIn(message: DescMessage, forms: MessageForms, above: readonly DescMessage[]): void {
  for (const { field, options } of forms.of(message)) {
    if (options.roles)
      throw new AnnotationError(
        field,
        'roles is not checked in a list, a map or a oneof. Set roles on the field that holds this message.',
      );
    const held = field.message;
    if (held && !wellKnown(held) && held !== message && !above.includes(held))
      refuseRolesIn(held, forms, [...above, message]);
  }
}

function isSetIn(place: string, { field, options }: FormField): string {
  if (options.default !== undefined)
    throw new AnnotationError(
      field,
      'a field with roles has no default, because everyone would set it. Remove default.',
    );
  if (options.inline)
    throw new AnnotationError(field, 'roles has no effect on an inline message. Set roles on its fields.');
  const value = `${place}.${propertyName(field)}`;
  const condition = conditionOf(place, value, field);
  return place === 'request' ? condition : `${place} !== undefined && ${condition}`;
}

function conditionOf(place: string, value: string, field: DescField): string {
  if (field.oneof)
    return `${place}.${propertyName(field.oneof)}?.$case === ${JSON.stringify(propertyName(field))}`;
  switch (field.fieldKind) {
    case 'list':
      return `${value}.length > 0`;
    case 'map':
      return `Object.keys(${value}).length > 0`;
    case 'enum':
      return isOptional(field) ? `${value} !== undefined` : `${value} !== 0`;
    case 'message':
      return `${value} !== undefined`;
    default:
      return isOptional(field) ? `${value} !== undefined` : `!(${scalarCode(field.scalar).isZero(value)})`;
  }
}

import type { DescField } from '@bufbuild/protobuf';
import { AnnotationError } from './annotation.error.ts';
import { isOptional, isString, wellKnown } from './field-types.ts';
import type { FieldOptions } from './options.ts';

/** The options that say where the value of a field comes from. A field with one of them is never in the JSON. */
const ORIGINS = ['header', 'caller', 'internal'] as const;
/** The options that say how a field looks in the JSON or the query. */
const FORMS = [
  'default',
  'me',
  'roles',
  'alias',
  'nullIfAbsent',
  'omitIfEmpty',
  'inline',
  'unwrap',
  'json',
] as const;
/** RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** @throws AnnotationError for options that do not fit the field, or each other */
export function checkFieldOptions(field: DescField, options: FieldOptions): void {
  const refuse = (message: string): never => {
    throw new AnnotationError(field, message);
  };
  checkOrigin(options, refuse);
  if (options.inline && options.unwrap) refuse('inline and unwrap exclude each other. Remove one of them.');
  if (options.inline && (field.fieldKind !== 'message' || wellKnown(field.message)))
    refuse('inline needs a message with fields. Remove inline.');
  if (options.json && !isString(field))
    refuse('json needs a string that contains JSON. Change the type, or remove json.');
  if (options.nullIfAbsent && !isOptional(field))
    refuse('null_if_absent needs a field that can be absent. Make it optional, or remove null_if_absent.');
  if (options.omitIfEmpty && !canBeEmpty(field))
    refuse(
      'omit_if_empty needs a list, a map, a text or bytes. Make the field optional, or remove omit_if_empty.',
    );
  if (options.roles?.includes('')) refuse('roles contains an empty name. Name the role, or remove roles.');
}

function checkOrigin(options: FieldOptions, refuse: (message: string) => never): void {
  const [origin, second] = ORIGINS.filter((name) => options[name]);
  if (!origin) return;
  if (second) refuse(`${origin} and ${second} exclude each other. Remove one of them.`);
  const form = FORMS.find((name) => options[name] !== undefined);
  if (form)
    refuse(`${form} has no effect on a field with ${origin}, which is not in the JSON. Remove one of them.`);
  if (options.header !== undefined && !HEADER_NAME.test(options.header))
    refuse(`"${options.header}" is no name of a header. Use letters, digits and hyphens.`);
}

function canBeEmpty(field: DescField): boolean {
  if (field.fieldKind === 'list' || field.fieldKind === 'map' || field.fieldKind === 'message') return true;
  return field.fieldKind === 'scalar' && [9, 12].includes(field.scalar);
}

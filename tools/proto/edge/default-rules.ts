import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { RulesReader, RuleValue } from '../field-rules.ts';
import { AnnotationError } from './annotation.error.ts';
import { isString } from './field-types.ts';
import type { MessageForms } from './message-form.ts';

type Rule = (value: number | string, bound: RuleValue) => boolean;

const oneOf: Rule = (value, list) => Array.isArray(list) && list.includes(value);

/** Length in code points, as `buf.validate` counts. */
function charactersOf(value: number | string): number {
  return Array.from(String(value)).length;
}

/** The rules of one value, by their names in `buf.validate`. */
const RULES: Readonly<Record<string, Rule>> = {
  const: (value, bound) => value === bound,
  in: oneOf,
  not_in: (value, list) => !oneOf(value, list),
  gte: (value, bound) => Number(value) >= Number(bound),
  gt: (value, bound) => Number(value) > Number(bound),
  lte: (value, bound) => Number(value) <= Number(bound),
  lt: (value, bound) => Number(value) < Number(bound),
  min_len: (value, bound) => charactersOf(value) >= Number(bound),
  max_len: (value, bound) => charactersOf(value) <= Number(bound),
  len: (value, bound) => charactersOf(value) === Number(bound),
  pattern: (value, bound) => new RegExp(String(bound), 'u').test(String(value)),
};

/**
 * Refuses a default that breaks a rule of its own field: each request without the field would be refused for a value
 * that the client did not send.
 *
 * @throws AnnotationError
 */
export function refuseBrokenDefaults(
  messages: readonly DescMessage[],
  forms: MessageForms,
  rules: RulesReader,
): void {
  for (const field of messages.flatMap((message) => message.fields)) {
    const { default: text } = forms.options.ofField(field);
    const value = text === undefined ? undefined : valueOf(field, text, forms);
    if (value === undefined) continue;
    for (const [name, bound] of rules.ofField(field).values) {
      if (RULES[name]?.(value, bound) === false)
        throw new AnnotationError(
          field,
          `the default "${text}" breaks the rule ${name} of the field. Change one of them.`,
        );
    }
  }
}

function valueOf(field: DescField, text: string, forms: MessageForms): number | string | undefined {
  if (field.fieldKind === 'enum')
    return forms.enumValues(field.enum).names.find(([name]) => name === text)?.[1];
  if (field.fieldKind !== 'scalar') return undefined;
  return isString(field) ? text : Number(text);
}

import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { wellKnown } from './field-types.ts';
import type { MessageForms } from './message-form.ts';

interface Place {
  /** A regular expression for the path in proto names. */
  readonly proto: string;
  /** The path in the JSON, with `$1` for an index. */
  readonly json: string;
  readonly indexes: number;
  readonly above: readonly DescMessage[];
}

/** The rules that convert paths of validators to paths of the JSON, as source text; the most specific ones first. */
export function pathRules(request: DescMessage, forms: MessageForms): string[] {
  const rules: string[] = [];
  const add = (proto: string, json: string) => {
    rules.push(`[/^${proto}/, ${JSON.stringify(json)}]`);
  };
  const visit = (message: DescMessage, place: Place): void => {
    for (const field of message.fields) {
      const options = forms.options.ofField(field);
      const proto = `${place.proto}${field.name}`;
      if (options.header !== undefined && place.above.length === 0) add(`${proto}$`, options.header);
      if (forms.isHidden(field, options) || !field.message || wellKnown(field.message)) continue;
      if (place.above.includes(field.message) || field.message === message) continue;
      const above = [...place.above, message];
      if (options.unwrap) {
        const only = forms.unwrapped(field);
        const json = `${place.json}${field.name}`;
        visitUnwrapped(only, { ...place, proto: `${proto}\\.${only.name}`, json, above });
        add(`${proto}\\.${only.name}\\b`, json);
      } else if (options.inline) {
        visit(field.message, { ...place, proto: `${proto}\\.`, above });
        add(`${proto}\\.`, place.json);
      } else {
        visit(field.message, nested(field, { ...place, proto, json: `${place.json}${field.name}`, above }));
      }
    }
  };
  const visitUnwrapped = (field: DescField, place: Place): void => {
    if (field.message && !wellKnown(field.message)) visit(field.message, nested(field, place));
  };
  visit(request, { proto: '', json: '', indexes: 0, above: [] });
  return rules;
}

function nested(field: DescField, place: Place): Place {
  if (field.fieldKind !== 'list') return { ...place, proto: `${place.proto}\\.`, json: `${place.json}.` };
  const indexes = place.indexes + 1;
  return { ...place, indexes, proto: `${place.proto}\\[(\\d+)\\]\\.`, json: `${place.json}[$${indexes}].` };
}

import type { DescMessage } from '@bufbuild/protobuf';
import { AnnotationError } from './annotation.error.ts';
import { wellKnown } from './field-types.ts';
import type { OptionsReader } from './options.ts';

/** Refuses options in messages that a request holds, where nobody would follow them. @throws AnnotationError */
export function refuseNestedCaller(
  request: DescMessage,
  options: OptionsReader,
  above: readonly DescMessage[] = [],
): void {
  for (const { message: held } of request.fields) {
    if (!held || wellKnown(held) || held === request || above.includes(held)) continue;
    for (const field of held.fields) {
      const { caller, me } = options.ofField(field);
      if (caller || me)
        throw new AnnotationError(
          field,
          `${caller ? 'caller' : 'me'} is only for fields of the request itself. Move the field there.`,
        );
    }
    refuseNestedCaller(held, options, [...above, request]);
  }
}

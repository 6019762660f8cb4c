import { z } from 'zod';

/** As many names as an answer shows. */
const MAX_NAMES = 20;
/** In characters, of one name. */
const MAX_NAME = 60;

/**
 * Makes zod write at most 20 names into the message of an issue about unknown fields. Its own message has all of them:
 * for 60,000 fields that takes a quarter of the time of the validation, and 4 MB, for a text that nobody reads.
 */
export function boundUnknownFieldsMessage(): void {
  z.config({
    customError: (issue) =>
      issue.code === 'unrecognized_keys' && issue.keys.length > MAX_NAMES
        ? messageFor(issue.keys)
        : undefined,
  });
}

function messageFor(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map((name) => JSON.stringify(name.slice(0, MAX_NAME)));
  return `Unrecognized keys: ${shown.join(', ')} and ${names.length - MAX_NAMES} more`;
}

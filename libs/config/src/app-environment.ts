import { ConfigInvalidError } from './config.errors.js';
import { nearestKey } from './nearest-key.js';

const APP_ENVIRONMENTS = ['development', 'test', 'production'] as const;

/** What `APP_ENV` may say. */
export type AppEnvironment = (typeof APP_ENVIRONMENTS)[number];

/**
 * Which environment an app runs in, by `APP_ENV`. An app to which nobody says it is closed, as in production; an empty
 * variable says nothing.
 *
 * @throws ConfigInvalidError when the variable says anything else
 */
export function appEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): AppEnvironment {
  const said = environment['APP_ENV'] ?? '';
  if (said === '') return 'production';
  const known = APP_ENVIRONMENTS.find((name) => name === said);
  if (known) return known;
  const meant = nearestEnvironment(said.trim().toLowerCase());
  throw ConfigInvalidError.of([
    {
      path: 'APP_ENV',
      found: JSON.stringify(said.slice(0, LONGEST_SHOWN)),
      expected: `development, test or production${meant ? `; did you mean ${meant}?` : ''}`,
      origin: 'environment variable',
    },
  ]);
}

const LONGEST_SHOWN = 40;

/** `prod` and `dev` are short for a name, anything else may be a slip. */
function nearestEnvironment(word: string): string | undefined {
  const abbreviated = APP_ENVIRONMENTS.find((name) => word.length > 2 && name.startsWith(word));
  return abbreviated ?? nearestKey(word, APP_ENVIRONMENTS);
}

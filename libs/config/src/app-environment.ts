import { ConfigInvalidError } from './config.errors.js';
import { nearestKey } from './nearest-key.js';

const APP_ENVIRONMENTS = ['development', 'test', 'production'] as const;

/** The values of `APP_ENV`. */
export type AppEnvironment = (typeof APP_ENVIRONMENTS)[number];

/**
 * The environment of the app, from `APP_ENV`. A missing or empty variable means `production`, the strictest one.
 *
 * @throws ConfigInvalidError when the variable has a value that is not an environment
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
      found: JSON.stringify(said.slice(0, MAX_SHOWN)),
      expected: `development, test or production${meant ? `; did you mean ${meant}?` : ''}`,
      origin: 'environment variable',
    },
  ]);
}

const MAX_SHOWN = 40;

/** `prod` and `dev` are abbreviations; anything else may be a typing error. */
function nearestEnvironment(word: string): string | undefined {
  const abbreviated = APP_ENVIRONMENTS.find((name) => word.length > 2 && name.startsWith(word));
  return abbreviated ?? nearestKey(word, APP_ENVIRONMENTS);
}

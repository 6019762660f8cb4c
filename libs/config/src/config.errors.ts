import { AppError, Status } from '@app/errors';

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** In the names of the files: `http.port`. */
  path: string;
  /** What stands there, secrets masked; undefined when nothing does. */
  found: string | undefined;
  /** What should stand there. */
  expected: string;
  /** Where it comes from: a file with its line, or an environment variable. */
  origin: string | undefined;
}

export abstract class ConfigError extends AppError {}

/** A source cannot be read at all, so that nobody knows what it says. */
export class ConfigUnreadableError extends ConfigError {
  static of(source: string, { expected, origin = source }: { expected: string; origin?: string }) {
    return new ConfigUnreadableError([{ path: source, found: 'not readable', expected, origin }]);
  }

  constructor(readonly problems: readonly ConfigProblem[]) {
    super({
      reason: 'CONFIG_UNREADABLE',
      status: Status.FAILED_PRECONDITION,
      message: problems.map(line).join('\n'),
      details: { problems },
    });
  }
}

/** The configuration cannot be used; lists every problem at once. Apps exit with 78 (EX_CONFIG of sysexits.h). */
export class ConfigInvalidError extends ConfigError {
  static readonly exitCode = 78;

  static of(problems: readonly ConfigProblem[]): ConfigInvalidError {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    return new ConfigInvalidError({
      reason: 'CONFIG_INVALID',
      status: Status.FAILED_PRECONDITION,
      logLevel: 'fatal',
      message: `The configuration has ${count}:\n${problems.map(line).join('\n')}`,
      details: { problems },
    });
  }
}

function line({ path, found, expected, origin }: ConfigProblem): string {
  const what = found === undefined ? `is missing: expected ${expected}` : `is ${found}: expected ${expected}`;
  return `  ${path} ${what}${origin ? ` (${origin})` : ''}`;
}

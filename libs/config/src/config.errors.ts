import { AppError, Status } from '@app/errors';

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** In the notation of the files: `http.port`. */
  path: string;
  /** The value that was found, secrets masked; undefined when it is missing. */
  found: string | undefined;
  /** Description of a valid value. */
  expected: string;
  /** Where it comes from: a file with its line, or an environment variable. */
  origin: string | undefined;
}

export abstract class ConfigError extends AppError {}

/** A source cannot be read at all, so its values are unknown. */
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

/** The new values are valid, but a part of the running app could not apply them. */
export class ConfigNotAppliedError extends ConfigError {
  /** @param stuck errors of listeners that could not return to their old values; empty when all could */
  static of(cause: unknown, stuck: readonly unknown[]): ConfigNotAppliedError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const remedy =
      stuck.length === 0
        ? 'Correct the values, or restart the app with them.'
        : 'A part of the app could not return to its old values either: restart the app.';
    return new ConfigNotAppliedError({
      reason: 'CONFIG_NOT_APPLIED',
      status: Status.FAILED_PRECONDITION,
      logLevel: 'error',
      message: `The new values cannot be put into effect: ${reason}. ${remedy}`,
      cause: stuck.length === 0 ? cause : new AggregateError([cause, ...stuck]),
    });
  }
}

function line({ path, found, expected, origin }: ConfigProblem): string {
  const what = found === undefined ? `is missing: expected ${expected}` : `is ${found}: expected ${expected}`;
  return `  ${path} ${what}${origin ? ` (${origin})` : ''}`;
}

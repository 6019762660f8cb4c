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

/** Values are valid, and a part of the app could not take them over while it runs. */
export class ConfigNotAppliedError extends ConfigError {
  /** @param stuck what listeners threw when they were given their old values again; empty when all went back */
  static of(cause: unknown, stuck: readonly unknown[]): ConfigNotAppliedError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const remedy =
      stuck.length === 0
        ? 'Correct the values, or restart the app with them.'
        : 'A part of the app could not go back to its old values either: restart the app.';
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

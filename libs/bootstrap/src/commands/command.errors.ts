import { AppError, Status } from '@app/errors';

/** A command that is unknown, has invalid parameters, or has nothing to do. */
export class CommandError extends AppError {
  static unknown(command: string, known: readonly string[]): CommandError {
    return CommandError.saying(
      `There is no command "${command}". The commands are ${known.join(', ')}; without one the app runs.`,
    );
  }

  static unknownOption(option: string): CommandError {
    return CommandError.saying(
      `migrate has no option "${option}". Its only option is --dry-run, which prints the SQL instead of running it.`,
    );
  }

  static noDatabase(app: string): CommandError {
    return CommandError.saying(
      `${app} has no database: its module does not import PostgresModule.forRoot().`,
    );
  }

  static noName(name: string): CommandError {
    const found = name === '' ? 'No name was given' : `"${name}" cannot be a name`;
    return CommandError.saying(
      `${found}. Write generate add-title, or generate books/add-title for the slice books.`,
    );
  }

  static notMigrated(pending: readonly string[]): CommandError {
    return CommandError.saying(
      `The database lacks ${pending.join(', ')}. Run migrate first: generate compares the entities with the tables.`,
    );
  }

  private static saying(message: string): CommandError {
    return new CommandError({
      reason: 'COMMAND_FAILED',
      status: Status.FAILED_PRECONDITION,
      logLevel: 'fatal',
      message,
    });
  }
}

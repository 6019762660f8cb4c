import type { CollectedFeatures, PostgresConfig } from '@app/postgres';

/** The input of a command. No part of the app has been created. */
export interface CommandContext {
  /** The app's name, as in `apps/<name>`. */
  app: string;
  config: PostgresConfig;
  features: CollectedFeatures;
  /** The arguments after the command's name. */
  parameters: readonly string[];
}

/** A command on an app's database that runs instead of the app. */
export type Command = (context: CommandContext) => Promise<void>;

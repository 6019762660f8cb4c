import type { CollectedFeatures, PostgresConfig } from '@app/postgres';

/** What a command works with; nothing of the app has been created. */
export interface CommandContext {
  /** The app's name, as in `apps/<name>`. */
  app: string;
  config: PostgresConfig;
  features: CollectedFeatures;
  /** What stood behind the command's name. */
  parameters: readonly string[];
}

/** Something to do with an app's database instead of running the app. */
export type Command = (context: CommandContext) => Promise<void>;

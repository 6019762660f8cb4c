import { Migrator } from '@app/postgres';
import type { CommandContext } from './command.js';

/** Takes back the migration that was run last. */
export async function rollback({ config, features }: CommandContext): Promise<void> {
  await new Migrator(config, features).rollback();
}

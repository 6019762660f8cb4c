import { Migrator } from '@app/postgres';
import type { CommandContext } from './command.js';

/** Reverts the last migration. */
export async function rollback({ config, features }: CommandContext): Promise<void> {
  await new Migrator(config, features).rollback();
}

import { Migrator } from '@app/postgres';
import type { CommandContext } from './command.js';

/** Runs what has not been run yet. */
export async function migrate({ config, features }: CommandContext): Promise<void> {
  await new Migrator(config, features).migrate();
}

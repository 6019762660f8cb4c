import { Migrator } from '@app/postgres';
import type { CommandContext } from './command.js';
import { CommandError } from './command.errors.js';
import { planText } from './plan.text.js';

/** Runs the pending migrations; with `--dry-run` only prints them. */
export async function migrate({ config, features, parameters }: CommandContext): Promise<void> {
  const [option, ...more] = parameters;
  if (more.length > 0 || (option !== undefined && option !== '--dry-run'))
    throw CommandError.unknownOption(parameters.join(' '));
  const migrator = new Migrator(config, features);
  if (option === undefined) await migrator.migrate();
  else process.stdout.write(planText(config.schema, await migrator.plan()));
}

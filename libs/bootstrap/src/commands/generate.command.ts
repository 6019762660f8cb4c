import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Migrator } from '@app/postgres';
import type { CommandContext } from './command.js';
import { CommandError } from './command.errors.js';
import { migrationSource } from './migration.template.js';

/** `add-index`, or `counters/add-index` for the migration of a slice. */
const NAME = /^(?:([a-z][a-z0-9-]*)\/)?([a-z][a-z0-9-]*)$/;

const NO_DIFFERENCE =
  'The tables are as the entities declare them: no migration was written. Write the migration by hand when it is ' +
  'about a table without an entity, or about what an entity does not declare.\n';

/**
 * Compares the entities with the tables and writes the missing migration. A person must review it and list it in the
 * module. Writes nothing when there is no difference.
 *
 * @throws CommandError when the name is invalid, or when a migration has not been run yet
 */
export async function generate({
  app,
  config,
  features,
  parameters: [target = ''],
}: CommandContext): Promise<void> {
  const [, slice = '', name] = NAME.exec(target) ?? [];
  if (!name) throw CommandError.noName(target);
  const migrator = new Migrator(config, features);
  const pending = await migrator.plan();
  if (pending.length > 0) throw CommandError.notMigrated(pending.map((migration) => migration.name));
  const { up, down } = await migrator.difference();
  if (up.length === 0) return void process.stdout.write(NO_DIFFERENCE);
  const timestamp = Date.now();
  const file = join('apps', app, 'src', slice, 'migrations', `${timestamp}-${name}.migration.ts`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, migrationSource(name, timestamp, { up, down }), { flag: 'wx' });
  process.stdout.write(
    `${file}\nRead it, then list its class in PostgresModule.forFeature({ migrations: […] }).\n`,
  );
}

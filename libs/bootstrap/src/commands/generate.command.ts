import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Migrator } from '@app/postgres';
import type { CommandContext } from './command.js';
import { CommandError } from './command.errors.js';
import { migrationSource } from './migration.template.js';

/** `add-index`, or `counters/add-index` for the migration of a slice. */
const NAME = /^(?:([a-z][a-z0-9-]*)\/)?([a-z][a-z0-9-]*)$/;

/** Writes a migration for the difference between tables and entities; the developer reviews it and registers it. */
export async function generate({
  app,
  config,
  features,
  parameters: [target = ''],
}: CommandContext): Promise<void> {
  const [, slice = '', name] = NAME.exec(target) ?? [];
  if (!name) throw CommandError.noName(target);
  const { up, down } = await new Migrator(config, features).difference();
  if (up.length === 0) throw CommandError.nothingToGenerate();
  const timestamp = Date.now();
  const file = join('apps', app, 'src', slice, 'migrations', `${timestamp}-${name}.migration.ts`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, migrationSource(name, timestamp, { up, down }), { flag: 'wx' });
  process.stdout.write(
    `${file}\nRead it, then list its class in PostgresModule.forFeature({ migrations: […] }).\n`,
  );
}

import { collectDefinitions, loadConfig } from '@app/config';
import { createRootLogger, loggingConfig, nestLogger } from '@app/logging';
import { collectFeatures, postgresConfig } from '@app/postgres';
import { Logger, type Type } from '@nestjs/common';
import type { BootstrapOptions } from '../application.js';
import { openSources } from '../remote-sources.js';
import { CommandError } from './command.errors.js';
import { COMMANDS } from './commands.js';
import { printTopology } from './topology.command.js';

/** The command that needs neither a database nor a configuration. */
const TOPOLOGY = 'topology';

/**
 * Runs a command on the database of an app without creating the app: no transport opens, no other server is needed,
 * and only the sections `postgres` and `logging` are read. `topology` prints the queues that the app declares.
 *
 * @throws CommandError when the command does not exist, or the app has no database
 */
export async function runCommand(
  module: Type,
  { name: app, sources: remote }: Pick<BootstrapOptions, 'name' | 'sources'>,
  [name = '', ...parameters]: readonly string[],
): Promise<void> {
  if (name === TOPOLOGY) return printTopology(module);
  const command = COMMANDS[name];
  if (!command) throw CommandError.unknown(name, [...Object.keys(COMMANDS), TOPOLOGY]);
  if (!(await collectDefinitions(module)).includes(postgresConfig)) throw CommandError.noDatabase(app);
  const sources = await openSources(app, remote);
  const store = await loadConfig({ app, definitions: [postgresConfig, loggingConfig], sources });
  const root = await createRootLogger(app, store.handle(loggingConfig).current);
  Logger.overrideLogger(nestLogger(root));
  try {
    const features = await collectFeatures(module);
    await command({ app, config: store.handle(postgresConfig).current, features, parameters });
  } finally {
    root.flush();
  }
}

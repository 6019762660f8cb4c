import { runCommand } from '../process/run-command.ts';
import { together } from '../process/together.ts';
import { step } from '../ui/step.ts';
import { ToolError } from '../ui/tool.error.ts';
import { paths } from '../workspace/paths.ts';
import type { App } from './app-catalogue.ts';
import { entryOf } from './app-entry.ts';
import { appEnvironment } from './app-environment.ts';

/** Runs a migration command of a built app and returns its output. */
export async function runMigration(
  app: App,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
  programOf = entryOf,
): Promise<string> {
  const result = await runCommand(process.execPath, ['--enable-source-maps', programOf(app.name), ...args], {
    cwd: paths.root,
    env: appEnvironment(app, environment),
    log: paths.log(`${args[0]}-${app.name}-${environment['APP_ENV']}`),
    signal,
  });
  if (result.ok) return result.output;
  throw new ToolError(`${app.name} ${args.join(' ')} failed (exit code ${result.code}); it said:`, {
    evidence: result.output.trimEnd().split('\n').slice(-20),
    exitCode: result.code === 78 ? 78 : 1,
  });
}

/** Migrates the tables of all apps that own some, at the same time. */
export async function migrate(
  apps: readonly App[],
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
  programOf = entryOf,
): Promise<void> {
  const owners = apps.filter(({ hasMigrations }) => hasMigrations);
  await step('Migrating', () =>
    together(
      signal,
      ...owners.map(
        (app) => (either: AbortSignal) => runMigration(app, ['migrate'], environment, either, programOf),
      ),
    ),
  );
}

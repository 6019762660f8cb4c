import { resolveApps } from '../apps/app-catalogue.ts';
import { runMigration } from '../apps/migrations.ts';
import { configuredAddress } from '../stack/resolve-service.ts';
import { postgresService } from '../stack/services/postgres.service.ts';
import { Stack } from '../stack/stack.ts';
import { profiles } from '../stack/stack-profile.ts';
import { terminal } from '../ui/terminal.ts';
import { ToolError } from '../ui/tool.error.ts';
import {
  type AppEnvironment,
  chosenEnvironment,
  environmentVariables,
} from '../workspace/app-environment.ts';
import { ensureBuild } from '../workspace/build.ts';
import { ensureDependencies } from '../workspace/dependencies.ts';
import { SettingSources } from '../workspace/setting-sources.ts';
import type { Command } from './command.ts';

const DRY_RUN = '--dry-run';

const usage = new ToolError(
  'db has the commands: migrate [APP] [--dry-run], rollback [APP], generate APP NAME; APP is grpc-server, cron-server or worker.\nWithout APP each of the three is migrated, or rolled back by its last migration; --dry-run only prints the SQL.',
  { exitCode: 2 },
);

/** Fails at once with instructions when there is no database. Without this check an app would wait for its timeout. */
function requirePostgres(environment: AppEnvironment, settings: SettingSources): void {
  if (environment === 'production') return;
  const profile = environment === 'test' ? profiles.test : profiles.dev;
  if (configuredAddress(postgresService, profile, settings) || new Stack(profile).records.running('postgres'))
    return;
  throw new ToolError(`PostgreSQL of the ${profile.name} stack does not run, and no other is configured.`, {
    remedies: [`npm run stack -- up${profile.name === 'test' ? ' --test' : ''}`, 'or set DATABASE_URL'],
  });
}

/** `npm run db:migrate`, `db:rollback` and `db:generate`: runs the command in one app, or in each app in turn. */
export const db: Command = async ({ args, interruption }) => {
  const { signal } = interruption;
  const [verb = '', ...options] = args;
  const isDryRun = verb === 'migrate' && options.includes(DRY_RUN);
  const [appName, ...parameters] = isDryRun ? options.filter((each) => each !== DRY_RUN) : options;
  await ensureDependencies(signal);
  const environment = chosenEnvironment();
  const settings = await SettingSources.load(environment);
  const migratable = resolveApps(settings).filter(({ hasMigrations }) => hasMigrations);
  const app = migratable.find(({ name }) => name === appName);
  const isForAll = (verb === 'migrate' || verb === 'rollback') && appName === undefined;
  const isForOne =
    app !== undefined &&
    ['migrate', 'rollback', 'generate'].includes(verb) &&
    (verb !== 'generate' || parameters.length > 0);
  if (!isForAll && !isForOne) throw usage;
  requirePostgres(environment, settings);
  await ensureBuild(signal);
  for (const each of app ? [app] : migratable) {
    const output = await runMigration(
      each,
      [verb, ...parameters, ...(isDryRun ? [DRY_RUN] : [])],
      { ...process.env, ...environmentVariables(environment) },
      signal,
    );
    terminal.line(`${terminal.green('✓')} ${each.name} ${isDryRun ? 'would run' : verb}`);
    if (output.trim() !== '') terminal.line(output.trimEnd());
  }
  return 0;
};

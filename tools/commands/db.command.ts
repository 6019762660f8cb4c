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

/** Explains how to get a database, instead of letting an app reach its time-out. */
function requirePostgres(environment: AppEnvironment, settings: SettingSources): void {
  if (environment === 'production') return;
  const profile = environment === 'test' ? profiles.test : profiles.dev;
  if (configuredAddress(postgresService, profile, settings) || new Stack(profile).records.living('postgres'))
    return;
  throw new ToolError(`PostgreSQL of the ${profile.name} stack does not run, and no other is configured.`, {
    remedies: [`npm run stack -- up${profile.name === 'test' ? ' --test' : ''}`, 'or set DATABASE_URL'],
  });
}

/** `npm run db:migrate`, `db:rollback`, `db:generate`: runs the commands of the apps one after the other. */
export const db: Command = async ({ args, interruption }) => {
  const { signal } = interruption;
  const [verb = '', ...others] = args;
  const isDryRun = verb === 'migrate' && others.includes(DRY_RUN);
  const rest = isDryRun ? others.filter((each) => each !== DRY_RUN) : others;
  await ensureDependencies(signal);
  const environment = chosenEnvironment();
  const settings = await SettingSources.load(environment);
  const owners = resolveApps(settings).filter(({ hasMigrations }) => hasMigrations);
  const named = owners.find(({ name }) => name === rest[0]);
  const everyApp = (verb === 'migrate' || verb === 'rollback') && rest.length === 0;
  const complete =
    named !== undefined &&
    ['migrate', 'rollback', 'generate'].includes(verb) &&
    (verb !== 'generate' || rest.length > 1);
  if (!everyApp && !complete) throw usage;
  requirePostgres(environment, settings);
  await ensureBuild(signal);
  for (const app of named ? [named] : owners) {
    const output = await runMigration(
      app,
      [verb, ...rest.slice(1), ...(isDryRun ? [DRY_RUN] : [])],
      { ...process.env, ...environmentVariables(environment) },
      signal,
    );
    terminal.line(`${terminal.green('✓')} ${app.name} ${isDryRun ? 'would run' : verb}`);
    if (output.trim() !== '') terminal.line(output.trimEnd());
  }
  return 0;
};

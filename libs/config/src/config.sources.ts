import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { appEnvironment } from './app-environment.js';
import type { ConfigDefinition } from './config.definition.js';
import { ConfigInvalidError } from './config.errors.js';
import { DEBUG_PROFILE, isDebugged } from './debug-profile.js';
import { AliasSource } from './sources/alias.source.js';
import type { ConfigSource } from './sources/config-source.js';
import { readDotenv } from './sources/dotenv.js';
import { EnvironmentSource } from './sources/environment.source.js';
import { ValueFileSource } from './sources/value-file.source.js';
import type { Variables } from './sources/variables.js';
import { YamlFileSource } from './sources/yaml-file.source.js';

/** @publicApi */
export interface LoadConfigOptions {
  /** The app's name: `apps.<name>` in a source overrides that source's shared sections. */
  app: string;
  /** The sections that this app reads. */
  definitions: readonly ConfigDefinition[];
  /** The key that `PORT` sets: the app's main port, such as `http.port`. */
  portKey?: string;
  /** @default process.env.CONFIG_DIR, else `config` below the working directory */
  directory?: string;
  /** @default process.env */
  environment?: Readonly<Record<string, string | undefined>>;
  /** @default `.env` in the working directory */
  dotenv?: string;
  /** Remote sources; they override all others, and the last one has the highest priority. @default none */
  sources?: readonly ConfigSource[];
}

const ALIASES = {
  DATABASE_URL: 'postgres.url',
  REDIS_URL: 'redis.state.url',
  AMQP_URL: 'rabbitmq.url',
  S3_ENDPOINT: 's3.endpoint',
  LOG_LEVEL: 'logging.level',
} as const;

/**
 * Every source, in ascending priority; the first is the file that names all sections.
 *
 * @throws ConfigInvalidError when `APP_ENV` is not a known environment, or `CONFIG_DIR` is not a folder
 */
export async function sourcesOf(options: LoadConfigOptions): Promise<ConfigSource[]> {
  const aliases = options.portKey ? { ...ALIASES, PORT: options.portKey } : ALIASES;
  await checkDirectory(options);
  const variables = await variablesOf(options);
  return [
    ...yamlFiles(options).map((file) => new YamlFileSource(file, relative(process.cwd(), file))),
    ...variables.map((origin) => new AliasSource(origin, aliases)),
    ...variables.map((origin) => new EnvironmentSource(origin)),
    ...variables.map((origin) => new ValueFileSource(origin)),
    ...(options.sources ?? []),
  ];
}

/** The files that a reading depends on: those of the directory, `.env`, and the files named by `…_FILE`. */
export async function configFiles(options: LoadConfigOptions): Promise<string[]> {
  const variables = await variablesOf(options);
  const named = variables
    .flatMap(({ values }) => Object.entries(values))
    .filter(([name]) => /^APP__.*_FILE$/.test(name));
  return [...yamlFiles(options), dotenvOf(options), ...named.flatMap(([, file]) => (file ? [file] : []))];
}

async function variablesOf(options: LoadConfigOptions): Promise<Variables[]> {
  return [
    await readDotenv(dotenvOf(options)),
    { name: 'environment variable', values: environmentOf(options) },
  ];
}

function dotenvOf({ dotenv = '.env' }: LoadConfigOptions): string {
  return dotenv;
}

/** The environment variables. */
export function environmentOf({ environment = process.env }: LoadConfigOptions): Variables['values'] {
  return environment;
}

/** The folder from the options or `CONFIG_DIR`, if one is given. */
function directoryOf(options: LoadConfigOptions): string | undefined {
  return options.directory ?? (environmentOf(options)['CONFIG_DIR'] || undefined);
}

/** Without this check a missing folder would silently mean a configuration without files. */
async function checkDirectory(options: LoadConfigOptions): Promise<void> {
  const found = directoryOf(options);
  if (found === undefined) return;
  const isFolder = await stat(found).then(
    (file) => file.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  const expected = 'a folder that holds default.yaml: create it or correct the path';
  throw ConfigInvalidError.of([{ path: 'CONFIG_DIR', found, expected, origin: 'environment variable' }]);
}

function yamlFiles(options: LoadConfigOptions): string[] {
  const environment = environmentOf(options);
  const named = directoryOf(options);
  const stage = appEnvironment(environment);
  const names = ['default.yaml', `${stage}.yaml`];
  if (isDebugged(environment, stage)) names.push(DEBUG_PROFILE);
  // What a developer keeps in config/local.yaml must not decide whether tests pass.
  if (named !== undefined || stage !== 'test') names.push('local.yaml');
  return names.map((name) => join(named ?? 'config', name));
}

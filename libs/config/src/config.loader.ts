import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseEnv } from 'node:util';
import type { ConfigDefinition } from './config.definition.js';
import { ConfigInvalidError, type ConfigProblem } from './config.errors.js';
import { readSection } from './config.reader.js';
import { ConfigStore, type SectionValues } from './config.store.js';
import { type Branch, Entry, isBranch, mergeTrees, type Node } from './config.tree.js';
import { toSnake } from './key-case.js';
import { nearestKey } from './nearest-key.js';
import { shapeOf } from './schema.shape.js';
import type { ConfigSource } from './sources/config-source.js';
import { EnvironmentSource } from './sources/environment.source.js';
import { YamlFileSource } from './sources/yaml-file.source.js';

/** @publicApi */
export interface LoadConfigOptions {
  /** The app's name: `apps.<name>` in a source lies above that source's shared sections. */
  app: string;
  /** The sections that this app reads. */
  definitions: readonly ConfigDefinition[];
  /** Where `PORT` leads: the key of the app's own main port, such as `http.port`. */
  portKey?: string;
  /** @default process.env.CONFIG_DIR, else `config` below the working directory */
  directory?: string;
  /** @default process.env */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Remote sources; they lie above everything else, the last one uppermost. @default none */
  sources?: readonly ConfigSource[];
}

const APPS = 'apps';
const DOTENV = '.env';
const ALIASES = {
  DATABASE_URL: 'postgres.url',
  REDIS_URL: 'redis.state.url',
  AMQP_URL: 'rabbitmq.url',
  S3_ENDPOINT: 's3.endpoint',
  LOG_LEVEL: 'logging.level',
} as const;

/**
 * Reads the configuration: `default.yaml` < `<APP_ENV>.yaml` < `local.yaml` < `.env` < environment < files
 * named by `…_FILE`, then the sources that were handed in.
 *
 * @throws ConfigInvalidError with every problem at once
 * @publicApi
 */
export async function loadConfig(options: LoadConfigOptions): Promise<ConfigStore> {
  return new ConfigStore(await readConfig(options));
}

/** Reads every section anew. @throws ConfigInvalidError with every problem at once */
export async function readConfig(options: LoadConfigOptions): Promise<Map<ConfigDefinition, SectionValues>> {
  const sources = await sourcesOf(options);
  const isKnownPath = (path: readonly string[]) => knows(options.definitions, withoutApp(path, options.app));
  let tree: Branch = {};
  let sections = new Set<string>();
  for (const [index, source] of sources.entries()) {
    const loaded = await source.load({ isKnownPath });
    // The first file of the house names every section, also those that only other apps read.
    if (index === 0) sections = new Set([...Object.keys(loaded), ...ownSections(loaded, options)]);
    tree = mergeTrees(tree, layered(loaded, options.app));
  }
  const problems = unknownSections(tree, sections);
  const values = new Map<ConfigDefinition, SectionValues>();
  for (const definition of options.definitions) {
    const reading = readSection(definition, tree);
    if ('problems' in reading) problems.push(...reading.problems);
    else values.set(definition, reading);
  }
  if (problems.length > 0) throw ConfigInvalidError.of(problems);
  return values;
}

/** The files that a reading depends on: those of the directory, `.env`, and the ones that `…_FILE` names. */
export function configFiles(options: LoadConfigOptions): string[] {
  const named = Object.entries(environmentOf(options)).filter(([name]) => /^APP__.*_FILE$/.test(name));
  return [...yamlFiles(options), DOTENV, ...named.flatMap(([, file]) => (file ? [file] : []))];
}

function environmentOf({ environment = process.env }: LoadConfigOptions) {
  return environment;
}

function yamlFiles(options: LoadConfigOptions): string[] {
  const environment = environmentOf(options);
  const directory = options.directory ?? environment['CONFIG_DIR'] ?? 'config';
  const names = ['default.yaml', `${environment['APP_ENV'] ?? 'development'}.yaml`, 'local.yaml'];
  return names.map((name) => join(directory, name));
}

async function sourcesOf(options: LoadConfigOptions): Promise<ConfigSource[]> {
  const environment = environmentOf(options);
  const aliases = options.portKey ? { ...ALIASES, PORT: options.portKey } : ALIASES;
  const dotenv = parseEnv(await readFile(DOTENV, 'utf8').catch(() => ''));
  return [
    ...yamlFiles(options).map((file) => new YamlFileSource(file, relative(process.cwd(), file))),
    new EnvironmentSource({ name: '.env', variables: dotenv, aliases }),
    new EnvironmentSource({ name: 'environment variable', variables: environment, aliases }),
    ...(options.sources ?? []),
  ];
}

/** The shared sections of a source with the app's own section laid upon them. */
function layered(loaded: Branch, app: string): Branch {
  const { [APPS]: apps, ...shared } = loaded;
  const own = isBranch(apps) ? (apps[app] ?? apps[app.replaceAll('-', '_')]) : undefined;
  return isBranch(own) ? mergeTrees(shared, own) : shared;
}

function ownSections(defaults: Branch, options: LoadConfigOptions): string[] {
  return [
    ...Object.keys(layered(defaults, options.app)),
    ...options.definitions.map(({ section }) => section),
  ];
}

function unknownSections(tree: Branch, known: ReadonlySet<string>): ConfigProblem[] {
  return Object.entries(tree)
    .filter(([section]) => !known.has(section))
    .map(([section, node]) => {
      const nearest = nearestKey(section, [...known]);
      const remedy = nearest ? `did you mean ${nearest}?` : `the known sections are ${[...known].join(', ')}`;
      return {
        path: section,
        found: 'not a known section',
        expected: `a known section, ${remedy}`,
        origin: first(node),
      };
    });
}

function first(node: Node): string | undefined {
  if (node instanceof Entry) return node.origin;
  const [child] = Object.values(node);
  return child && first(child);
}

function withoutApp(path: readonly string[], app: string): readonly string[] {
  return path[0] === APPS && path[1]?.replaceAll('_', '-') === app ? path.slice(2) : path;
}

function knows(definitions: readonly ConfigDefinition[], [section, ...keys]: readonly string[]): boolean {
  const definition = definitions.find((candidate) => candidate.section === section);
  if (!definition) return false;
  let schema: Parameters<typeof shapeOf>[0] = definition.schema;
  for (const key of keys) {
    const shape = shapeOf(schema);
    if (shape.kind === 'record') schema = shape.value;
    else if (shape.kind !== 'object') return false;
    else {
      const match = Object.entries(shape.keys).find(([name]) => toSnake(name) === key);
      if (!match) return false;
      [, schema] = match;
    }
  }
  return true;
}

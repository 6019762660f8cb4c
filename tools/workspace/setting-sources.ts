import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type AppEnvironment, readsLocalFile } from './app-environment.ts';
import { paths } from './paths.ts';

/** A value that the user set, and where. */
export interface Setting {
  readonly value: string;
  readonly source: string;
}

type Tree = Record<string, unknown>;

/** Before `npm ci` there is nothing that could read YAML. */
const canReadYaml = (): boolean => existsSync(paths.inClone('node_modules', 'yaml', 'package.json'));

const localFile = 'local.yaml';

async function readYaml(file: string): Promise<Tree> {
  const path = paths.inClone('config', file);
  if (!existsSync(path) || !canReadYaml()) return {};
  const { parse } = await import('yaml');
  return (parse(readFileSync(path, 'utf8')) as Tree | null) ?? {};
}

function readDotEnv(): NodeJS.Dict<string> {
  const path = paths.inClone('.env');
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
}

/** `postgres.url` of a tree, when there is a value. */
function dig(tree: Tree, key: string): string | undefined {
  const value = key
    .split('.')
    .reduce<unknown>((below, part) => (isTree(below) ? below[part] : undefined), tree);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** `apps.grpc-server.grpc.port` → `APP__APPS__GRPC_SERVER__GRPC__PORT` */
export function variableOf(key: string): string {
  return `APP__${key.replaceAll('.', '__').replaceAll('-', '_').toUpperCase()}`;
}

/**
 * Finds settings where the apps will find them: environment, then `.env`, then `config/local.yaml`; the tool asks
 * only for the few that decide what it starts.
 */
export class SettingSources {
  readonly #dotEnv: NodeJS.Dict<string>;
  readonly #local: Tree;
  readonly #defaults: Tree;
  /** False while `config/local.yaml` cannot be read yet, because its reader is not installed. */
  readonly isComplete = canReadYaml() || !existsSync(paths.inClone('config', localFile));

  private constructor(dotEnv: NodeJS.Dict<string>, local: Tree, defaults: Tree) {
    this.#dotEnv = dotEnv;
    this.#local = local;
    this.#defaults = defaults;
  }

  static async load(environment: AppEnvironment): Promise<SettingSources> {
    const [defaults, stage, local] = await Promise.all([
      readYaml('default.yaml'),
      readYaml(`${environment}.yaml`),
      readsLocalFile(environment) ? readYaml(localFile) : {},
    ]);
    return new SettingSources(readDotEnv(), local, merge(defaults, stage));
  }

  /** What the user set, by the configuration key or one of its short names. */
  user(key: string, ...shortNames: string[]): Setting | undefined {
    for (const name of [variableOf(key), ...shortNames]) {
      const value = process.env[name];
      if (value) return { value, source: name };
      const written = this.#dotEnv[name];
      if (written) return { value: written, source: `${name} in .env` };
    }
    const value = dig(this.#local, key);
    return value === undefined ? undefined : { value, source: `${key} in config/local.yaml` };
  }

  /** What the committed configuration says. */
  committed(key: string): string | undefined {
    return dig(this.#defaults, key);
  }
}

function merge(base: Tree, over: Tree): Tree {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    const nested = isTree(below) && isTree(value);
    merged[key] = nested ? merge(below, value) : value;
  }
  return merged;
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

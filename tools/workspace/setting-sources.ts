import { existsSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type AppEnvironment, readsLocalFile } from './app-environment.ts';
import { paths } from './paths.ts';
import { readText, unreadable } from './text-file.ts';

/** A value that the user set, and its source. */
export interface Setting {
  readonly value: string;
  readonly source: string;
}

type Tree = Record<string, unknown>;

/** Before `npm ci` the YAML parser is not installed. */
const canReadYaml = (): boolean => existsSync(paths.inClone('node_modules', 'yaml', 'package.json'));

const localFile = 'local.yaml';

async function readYaml(file: string): Promise<Tree> {
  const path = paths.inClone('config', file);
  if (!canReadYaml()) return {};
  const text = readText(path);
  if (text === undefined) return {};
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  const [error] = document.errors;
  // Further lines of the message quote the file, which may hold a secret.
  if (error) throw unreadable(path, `${error.message.split('\n')[0]}`, 'correct its YAML');
  const tree: unknown = document.toJS();
  return isTree(tree) ? tree : {};
}

function readDotEnv(): NodeJS.Dict<string> {
  return parseEnv(readText(paths.inClone('.env')) ?? '');
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
 * Reads settings from the same sources as the apps: files named by `…_FILE`, then the environment, `.env` and
 * `config/local.yaml`. The tool reads only the few settings that determine what it starts.
 */
export class SettingSources {
  private readonly dotEnv: NodeJS.Dict<string>;
  private readonly local: Tree;
  private readonly defaults: Tree;
  /** False while `config/local.yaml` cannot be read yet, because its reader is not installed. */
  readonly isComplete = canReadYaml() || !existsSync(paths.inClone('config', localFile));

  private constructor(dotEnv: NodeJS.Dict<string>, local: Tree, defaults: Tree) {
    this.dotEnv = dotEnv;
    this.local = local;
    this.defaults = defaults;
  }

  static async load(environment: AppEnvironment): Promise<SettingSources> {
    const [defaults, stage, local] = await Promise.all([
      readYaml('default.yaml'),
      readYaml(`${environment}.yaml`),
      readsLocalFile(environment) ? readYaml(localFile) : {},
    ]);
    return new SettingSources(readDotEnv(), local, merge(defaults, stage));
  }

  /**
   * The value that the user set, by the configuration key or one of its short names.
   *
   * @throws ToolError with exit code 78 when its file cannot be read
   */
  user(key: string, ...shortNames: string[]): Setting | undefined {
    const inFile = this.variable(`${variableOf(key)}_FILE`);
    if (inFile) return { value: valueIn(inFile), source: inFile.source };
    for (const name of [variableOf(key), ...shortNames]) {
      const setting = this.variable(name);
      if (setting) return setting;
    }
    const value = dig(this.local, key);
    return value === undefined ? undefined : { value, source: `${key} in config/local.yaml` };
  }

  private variable(name: string): Setting | undefined {
    const value = process.env[name];
    if (value) return { value, source: name };
    const written = this.dotEnv[name];
    return written ? { value: written, source: `${name} in .env` } : undefined;
  }

  /** The value in the committed configuration. */
  committed(key: string): string | undefined {
    return dig(this.defaults, key);
  }
}

/** The value in a file that a variable names; one final line end is removed. */
function valueIn({ value: path, source }: Setting): string {
  const text = readText(paths.inClone(path))?.replace(/\r?\n$/, '');
  if (text) return text;
  const why = text === undefined ? 'there is no such file' : 'it is empty';
  throw unreadable(path, why, `write the value into it, or correct ${source}`);
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

import { readFile } from 'node:fs/promises';
import { ConfigInvalidError, type ConfigProblem } from '../config.errors.js';
import { type Branch, Entry, isBranch } from '../config.tree.js';
import { ConfigSource, type SourceContext } from './config-source.js';

const PREFIX = 'APP__';
const FILE_SUFFIX = '_file';

export interface EnvironmentOptions {
  /** For a person: `environment variable`, `.env`. */
  name: string;
  variables: Readonly<Record<string, string | undefined>>;
  /** Names of other people's conventions and where they lead: `DATABASE_URL` → `postgres.url`. */
  aliases: Readonly<Record<string, string>>;
}

/**
 * `APP__SECTION__KEY`, two underscores for each level; `APP__SECTION__KEY_FILE` names a file that holds the
 * value and beats the variable. Aliases lie below both.
 */
export class EnvironmentSource extends ConfigSource {
  readonly name: string;

  constructor(private readonly options: EnvironmentOptions) {
    super();
    this.name = options.name;
  }

  async load(context: SourceContext): Promise<Branch> {
    const tree: Branch = {};
    const files: { path: string[]; variable: string; file: string }[] = [];
    for (const [alias, target] of Object.entries(this.options.aliases)) {
      this.put(tree, target.split('.'), alias, this.options.variables[alias]);
    }
    for (const [variable, value] of Object.entries(this.options.variables)) {
      if (!variable.startsWith(PREFIX)) continue;
      const path = variable.slice(PREFIX.length).toLowerCase().split('__');
      const target = fileTarget(path);
      if (target && !context.isKnownPath(path)) files.push({ path: target, variable, file: value ?? '' });
      else this.put(tree, path, variable, value);
    }
    await this.putFiles(tree, files);
    return tree;
  }

  private async putFiles(
    tree: Branch,
    files: { path: string[]; variable: string; file: string }[],
  ): Promise<void> {
    const problems: ConfigProblem[] = [];
    for (const { path, variable, file } of files) {
      try {
        this.put(tree, path, variable, (await readFile(file, 'utf8')).replace(/\r?\n$/, ''));
      } catch {
        const origin = this.originOf(variable);
        problems.push({ path: path.join('.'), found: file, expected: 'a file that can be read', origin });
      }
    }
    if (problems.length > 0) throw ConfigInvalidError.of(problems);
  }

  private put(tree: Branch, path: readonly string[], variable: string, value: string | undefined): void {
    if (value === undefined || value === '') return;
    let branch = tree;
    for (const key of path.slice(0, -1)) {
      const below = branch[key];
      branch = isBranch(below) ? below : (branch[key] = {});
    }
    branch[path.at(-1) ?? ''] = new Entry(value, this.originOf(variable), true);
  }

  private originOf(variable: string): string {
    return `${this.name} ${variable}`;
  }
}

function fileTarget(path: readonly string[]): string[] | undefined {
  const last = path.at(-1) ?? '';
  if (!last.endsWith(FILE_SUFFIX)) return undefined;
  return [...path.slice(0, -1), last.slice(0, -FILE_SUFFIX.length)];
}

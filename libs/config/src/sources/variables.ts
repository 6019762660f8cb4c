import type { ConfigUnreadableError } from '../config.errors.js';
import { type Branch, Entry, isBranch } from '../config.tree.js';
import type { SourceContext } from './config-source.js';

/** Environment variables, or what stands in `.env`. */
export interface Variables {
  /** For a person: `environment variable`, `.env`. */
  readonly name: string;
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Why they are not all here. */
  readonly unreadable?: ConfigUnreadableError | undefined;
}

const PREFIX = 'APP__';
const FILE_SUFFIX = '_file';

/** Where `APP__SECTION__KEY` leads: `['section', 'key']`. */
export function pathOf(variable: string): string[] | undefined {
  return variable.startsWith(PREFIX) ? variable.slice(PREFIX.length).toLowerCase().split('__') : undefined;
}

/** Whether the variable names a file that holds the value; a key that is itself called `…_file` comes first. */
export function isFileVariable(path: readonly string[], context: SourceContext): boolean {
  return (path.at(-1) ?? '').endsWith(FILE_SUFFIX) && !context.isKnownPath(path);
}

/** The key whose value stands in the file. */
export function withoutFileSuffix(path: readonly string[]): string[] {
  return [...path.slice(0, -1), (path.at(-1) ?? '').slice(0, -FILE_SUFFIX.length)];
}

/** Puts a text where its path leads; an empty one says nothing. */
export function putVariable(
  tree: Branch,
  path: readonly string[],
  { value, origin }: { value: string | undefined; origin: string },
): void {
  if (value === undefined || value === '') return;
  let branch = tree;
  for (const key of path.slice(0, -1)) {
    const below = branch[key];
    branch = isBranch(below) ? below : (branch[key] = {});
  }
  const last = path.at(-1) ?? '';
  // A longer name says more than the JSON of its parent, in whatever order the environment has them.
  if (!isBranch(branch[last])) branch[last] = new Entry(value, origin, true);
}

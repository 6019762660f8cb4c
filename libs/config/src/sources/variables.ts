import type { ConfigUnreadableError } from '../config.errors.js';
import { type Branch, Entry, isBranch } from '../config.tree.js';
import type { SourceContext } from './config-source.js';

/** Environment variables, or those of `.env`. */
export interface Variables {
  /** Shown in messages: `environment variable`, `.env`. */
  readonly name: string;
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Why some of them could not be read. */
  readonly unreadable?: ConfigUnreadableError | undefined;
}

const PREFIX = 'APP__';
const FILE_SUFFIX = '_file';

/** The path of `APP__SECTION__KEY`: `['section', 'key']`. */
export function pathOf(variable: string): string[] | undefined {
  return variable.startsWith(PREFIX) ? variable.slice(PREFIX.length).toLowerCase().split('__') : undefined;
}

/** Whether the variable names a file that holds the value; it does not if a key is itself named `…_file`. */
export function isFileVariable(path: readonly string[], context: SourceContext): boolean {
  return (path.at(-1) ?? '').endsWith(FILE_SUFFIX) && !context.isKnownPath(path);
}

/** The path of the key whose value the file holds. */
export function withoutFileSuffix(path: readonly string[]): string[] {
  return [...path.slice(0, -1), (path.at(-1) ?? '').slice(0, -FILE_SUFFIX.length)];
}

/** Sets the value at its path; an empty text is ignored. */
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
  // A longer name overrides the JSON of its parent, whatever the order of the variables.
  if (!isBranch(branch[last])) branch[last] = new Entry(value, origin, true);
}

/** The section whose keys are apps; what stands below one is meant for it alone. */
export const APPS = 'apps';

/** A value as somebody wrote it, and where. */
export class Entry {
  constructor(
    readonly value: unknown,
    /** For a person: `config/local.yaml:12`, `environment variable APP__HTTP__PORT`. */
    readonly origin: string,
    /** Whether it came as bare text (environment, files), so that `8080` may mean a number. */
    readonly text = false,
  ) {}
}

/** Configuration before it is validated: nested sections whose leaves know where they come from. */
export interface Branch {
  [key: string]: Node;
}

export type Node = Entry | Branch;

/** Lays `over` upon `base`; sections merge, anything else is replaced. A section left empty changes nothing. */
export function mergeTrees(base: Branch, over: Branch): Branch {
  const merged: Branch = { ...base };
  for (const [key, node] of Object.entries(over)) {
    const below = merged[key];
    if (isBranch(below) && isBranch(node)) merged[key] = mergeTrees(below, node);
    else if (!isBranch(below) || !isEmpty(node)) merged[key] = node;
  }
  return merged;
}

/** `http:` with nothing behind it. */
export function isEmpty(node: Node): boolean {
  return node instanceof Entry && node.value === null;
}

/** Where the first value of a section, or the value itself, was written. */
export function originOf(node: Node): string | undefined {
  if (node instanceof Entry) return node.origin;
  const [first] = Object.values(node);
  return first && originOf(first);
}

/** A plain value as a tree whose leaves all have the same origin. */
export function treeOf(value: Record<string, unknown>, origin: string): Branch;
export function treeOf(value: unknown, origin: string): Node;
export function treeOf(value: unknown, origin: string): Node {
  if (!isPlainObject(value)) return new Entry(value, origin);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, treeOf(child, origin)]));
}

export function isBranch(node: Node | undefined): node is Branch {
  return node !== undefined && !(node instanceof Entry);
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

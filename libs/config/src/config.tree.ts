/** The section whose keys are apps; the values below a key apply to that app only. */
export const APPS = 'apps';

/** A raw value and its origin. */
export class Entry {
  constructor(
    readonly value: unknown,
    /** Shown in messages: `config/local.yaml:12`, `environment variable APP__HTTP__PORT`. */
    readonly origin: string,
    /** Whether the value is plain text (environment, files), so that `8080` may be a number. */
    readonly text = false,
  ) {}
}

/** Configuration before validation: nested sections whose leaves hold their origin. */
export interface Branch {
  [key: string]: Node;
}

export type Node = Entry | Branch;

/** Merges `over` into `base`: sections are merged, other values are replaced. An empty section changes nothing. */
export function mergeTrees(base: Branch, over: Branch): Branch {
  const merged: Branch = { ...base };
  for (const [key, node] of Object.entries(over)) {
    const below = merged[key];
    if (isBranch(below) && isBranch(node)) merged[key] = mergeTrees(below, node);
    else if (!isBranch(below) || !isEmpty(node)) merged[key] = node;
  }
  return merged;
}

/** A key without a value, such as `http:`. */
export function isEmpty(node: Node): boolean {
  return node instanceof Entry && node.value === null;
}

/** The origin of a value, or of the first value of a section. */
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

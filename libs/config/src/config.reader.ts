import { MASK, maskText } from '@app/errors';
import type { z } from 'zod';
import type { ConfigDefinition } from './config.definition.js';
import type { ConfigProblem } from './config.errors.js';
import type { SectionValues } from './config.store.js';
import { type Branch, Entry, isEmpty, isPlainObject, type Node, originOf, treeOf } from './config.tree.js';
import { toSnake } from './key-case.js';
import { nearestKey } from './nearest-key.js';
import { holdsSecret, type Shape, shapeOf } from './schema.shape.js';

/** A section that was read, or the reasons why it cannot be used. */
export type SectionReading = SectionValues | { problems: ConfigProblem[] };

/**
 * Reads one section of the tree by its definition: translates names from snake_case, parses numbers and other
 * values from text, finds unknown keys, and validates. Reports every problem, not only the first.
 */
export function readSection(definition: ConfigDefinition, tree: Branch): SectionReading {
  return new SectionReader(definition).read(tree[definition.section]);
}

interface Seen {
  origin: string | undefined;
  secret: boolean;
}

class SectionReader {
  private readonly problems: ConfigProblem[] = [];
  private readonly seen = new Map<string, Seen>();

  constructor(private readonly definition: ConfigDefinition) {}

  read(node: Node | undefined): SectionReading {
    const raw = this.walk(this.definition.schema, node ?? {}, [this.definition.section]) ?? {};
    const result = this.definition.schema.safeParse(raw);
    const reported = this.problems.map(({ path }) => `${path}.`);
    for (const issue of result.error?.issues ?? []) {
      const problem = this.problemOf(issue, raw);
      // A value that is not a section was reported once; its missing keys are not reported again.
      if (!reported.some((path) => `${problem.path}.`.startsWith(path))) this.problems.push(problem);
    }
    if (!result.success || this.problems.length > 0) return { problems: this.problems };
    return { value: result.data, written: raw as Record<string, unknown> };
  }

  private walk(schema: z.core.$ZodType, node: Node, path: readonly string[]): unknown {
    const shape = shapeOf(schema);
    this.seen.set(path.join('.'), { origin: originOf(node), secret: holdsSecret(schema) });
    if (node instanceof Entry) return this.walkEntry(shape, node, path);
    if (shape.kind === 'object') return this.walkObject(shape.keys, node, path);
    if (shape.kind === 'record')
      return mapValues(node, (child, key) => this.walk(shape.value, child, [...path, key]));
    return mapValues(node, plainOf);
  }

  private walkObject(
    keys: Record<string, z.core.$ZodType>,
    branch: Branch,
    path: readonly string[],
  ): unknown {
    const byWrittenName = new Map(Object.keys(keys).map((key) => [toSnake(key), key]));
    const value: Record<string, unknown> = {};
    for (const [name, node] of Object.entries(branch)) {
      const key = byWrittenName.get(name);
      const schema = key === undefined ? undefined : keys[key];
      if (key === undefined || schema === undefined)
        this.reportUnknown(name, [...byWrittenName.keys()], node, path);
      else value[key] = this.walk(schema, node, [...path, name]);
    }
    return value;
  }

  private walkEntry(shape: Shape, entry: Entry, path: readonly string[]): unknown {
    const value = entry.text ? fromText(shape, String(entry.value)) : entry.value;
    if (shape.kind === 'array' && Array.isArray(value)) {
      return value.map((item, index) =>
        this.walk(shape.element, treeOf(item, entry.origin), [...path, `${index}`]),
      );
    }
    if (shape.kind !== 'object' && shape.kind !== 'record') {
      if (entry.text && value === UNREADABLE) return this.reportEntry(entry, path, 'a list as JSON');
      return value;
    }
    if (isEmpty(entry)) return {};
    if (!isPlainObject(value)) return this.reportEntry(entry, path, expectedSection(shape, entry.text));
    const branch = treeOf(value, entry.origin);
    if (shape.kind === 'object') return this.walkObject(shape.keys, branch, path);
    return mapValues(branch, (child, key) => this.walk(shape.value, child, [...path, key]));
  }

  private reportEntry(entry: Entry, path: readonly string[], expected: string): undefined {
    const found = this.seen.get(path.join('.'))?.secret ? MASK : show(entry.value);
    this.problems.push({ path: path.join('.'), found, expected, origin: entry.origin });
    return undefined;
  }

  private reportUnknown(name: string, known: readonly string[], node: Node, path: readonly string[]): void {
    const nearest = nearestKey(name, known);
    const remedy = nearest ? `did you mean ${nearest}?` : `the known keys here are ${known.join(', ')}`;
    this.problems.push({
      path: [...path, name].join('.'),
      found: 'not a known key',
      expected: `a known key, ${remedy}`,
      origin: originOf(node),
    });
  }

  private problemOf(issue: z.core.$ZodIssue, raw: unknown): ConfigProblem {
    const path = [this.definition.section, ...issue.path.map((key) => toSnake(String(key)))].join('.');
    const value = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
      raw,
    );
    const seen = this.nearestSeen(path);
    return {
      path,
      found:
        value === undefined
          ? undefined
          : isPlainObject(value)
            ? 'a section'
            : seen?.secret
              ? MASK
              : show(value),
      expected: issue.message.replace(/^Invalid (input|option): expected /, '').replace(/, received .*$/, ''),
      origin: value === undefined ? undefined : seen?.origin,
    };
  }

  private nearestSeen(path: string): Seen | undefined {
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
      const seen = this.seen.get(at);
      if (seen) return seen;
    }
    return undefined;
  }
}

/** Placeholder for a text that should have been JSON. */
const UNREADABLE = Symbol('unreadable');

/** Parses text from the environment by the schema. A text that cannot be parsed stays text and fails validation. */
function fromText(shape: Shape, text: string): unknown {
  if (shape.kind === 'text') return text;
  if (shape.kind === 'number')
    return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  if (shape.kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  try {
    return JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
}

function expectedSection(shape: Shape, text: boolean): string {
  const keys =
    shape.kind === 'object' ? ` with the keys ${Object.keys(shape.keys).map(toSnake).join(', ')}` : '';
  return `a section${keys}${text ? ', as JSON' : ''}`;
}

const MAX_SHOWN = 80;

function show(value: unknown): string {
  const text = maskText(JSON.stringify(value));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** A section where none is allowed, as plain values; the validation rejects it. */
function plainOf(node: Node): unknown {
  return node instanceof Entry ? node.value : mapValues(node, plainOf);
}

function mapValues(branch: Branch, map: (node: Node, key: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(branch).map(([key, node]) => [key, map(node, key)]));
}

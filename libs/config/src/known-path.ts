import type { ConfigDefinition } from './config.definition.js';
import { APPS } from './config.tree.js';
import { toSnake } from './key-case.js';
import { shapeOf } from './schema.shape.js';

/** Whether one of the sections has this key, in the notation of the files; a prefix `apps.<app>` is ignored. */
export function isKnownPath(
  definitions: readonly ConfigDefinition[],
  app: string,
  path: readonly string[],
): boolean {
  const isOwn = path[0] === APPS && path[1]?.replaceAll('_', '-') === app;
  const [section, ...keys] = isOwn ? path.slice(2) : path;
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

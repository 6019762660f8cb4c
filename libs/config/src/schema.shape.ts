import type { z } from 'zod';

/** The structure of a zod schema without its wrappers (`optional`, `default`, `transform` …). */
export type Shape =
  | { kind: 'object'; keys: Record<string, z.core.$ZodType> }
  | { kind: 'record'; value: z.core.$ZodType }
  | { kind: 'array'; element: z.core.$ZodType }
  | { kind: 'number' | 'boolean' | 'text' };

export function shapeOf(schema: z.core.$ZodType): Shape {
  const definition = innermost(schema)._zod.def as z.core.$ZodTypes['_zod']['def'];
  switch (definition.type) {
    case 'object':
      return { kind: 'object', keys: definition.shape };
    case 'record':
      return { kind: 'record', value: definition.valueType };
    case 'array':
      return { kind: 'array', element: definition.element };
    case 'number':
    case 'boolean':
      return { kind: definition.type };
    default:
      return { kind: 'text' };
  }
}

/** Whether the value must not be printed. */
export function isSecret(schema: z.core.$ZodType): boolean {
  const meta = (innermost(schema) as z.ZodType).meta?.();
  return meta?.['secret'] === true;
}

/** Whether the value is a secret or contains one. */
export function holdsSecret(schema: z.core.$ZodType): boolean {
  if (isSecret(schema)) return true;
  const shape = shapeOf(schema);
  if (shape.kind === 'object') return Object.values(shape.keys).some(holdsSecret);
  if (shape.kind === 'record') return holdsSecret(shape.value);
  return shape.kind === 'array' && holdsSecret(shape.element);
}

function innermost(schema: z.core.$ZodType): z.core.$ZodType {
  const definition = schema._zod.def as z.core.$ZodTypes['_zod']['def'];
  if (definition.type === 'pipe') return innermost(definition.in);
  if ('innerType' in definition && definition.innerType) return innermost(definition.innerType);
  return schema;
}

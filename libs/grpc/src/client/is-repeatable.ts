import type { MethodDefinition } from '@app/contracts';

/**
 * Whether a unary request may be sent again when the outcome of the first attempt is unknown. This is so when its
 * method has no side effects or is idempotent, or when the request has a non-empty proto field
 * `string idempotency_key`, by which the server detects the repetition.
 */
export function isRepeatable(
  { idempotency }: Pick<MethodDefinition, 'idempotency'>,
  request: unknown,
): boolean {
  if (idempotency !== 'unknown') return true;
  const { idempotencyKey } = request as { idempotencyKey?: unknown };
  return typeof idempotencyKey === 'string' && idempotencyKey !== '';
}

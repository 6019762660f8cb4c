import type { MethodDefinition } from '@app/contracts';

/**
 * Whether a unary request may be sent again whatever became of the first: its method has no side effects or is
 * idempotent, or the request carries a key by which the server recognises it. Such a request has the proto field
 * `string idempotency_key`.
 */
export function isRepeatable(
  { idempotency }: Pick<MethodDefinition, 'idempotency'>,
  request: unknown,
): boolean {
  if (idempotency !== 'unknown') return true;
  const { idempotencyKey } = request as { idempotencyKey?: unknown };
  return typeof idempotencyKey === 'string' && idempotencyKey !== '';
}

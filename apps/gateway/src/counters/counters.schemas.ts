import { BatchGetCountersRequestRules, IncrementRequestRules, TopCountersRequestRules } from '@app/contracts';
import { ValidationFailedError } from '@app/errors';
import { boundedText } from '@app/http';
import { z } from 'zod';

const { resourceId, counterType, delta, idempotencyKey } = IncrementRequestRules;

const key = {
  resource_id: boundedText(resourceId),
  counter_type: boundedText(counterType),
};

export const counterKey = z.strictObject(key);

export const increment = z.strictObject({
  ...key,
  delta: z
    .int()
    .min(delta.minimum)
    .max(delta.maximum)
    .refine((value) => value !== 0, { error: 'must not be 0' })
    .default(1),
});

const { minItems, maxItems } = BatchGetCountersRequestRules.items;

export const batchIncrement = z.strictObject({ items: z.array(increment).min(minItems).max(maxItems) });

/** The header `Idempotency-Key`. @throws ValidationFailedError */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (header !== '' && header.length <= idempotencyKey.maxLength && idempotencyKey.pattern.test(header))
    return header;
  const message = `must be 1 to ${idempotencyKey.maxLength} printable ASCII characters without spaces`;
  throw ValidationFailedError.of([{ path: 'Idempotency-Key', message }]);
}

const keys = z.array(counterKey).min(minItems).max(maxItems);

/** `queries` is an alias of `items`. */
export const batchGet = z
  .strictObject({ items: keys.optional(), queries: keys.optional() })
  .transform((body, context) => {
    const items = body.items ?? body.queries;
    if (items && !(body.items && body.queries)) return { items };
    context.addIssue({ code: 'custom', path: ['items'], message: 'give either items or queries' });
    return z.NEVER;
  });

export const topQuery = z.strictObject({
  counter_type: key.counter_type,
  window: z.enum(['1h', '24h', 'all']).default('all'),
  limit: z.coerce
    .number()
    .int()
    .min(TopCountersRequestRules.limit.minimum)
    .max(TopCountersRequestRules.limit.maximum)
    .default(10),
});

export type IncrementBody = z.output<typeof increment>;
export type BatchIncrementBody = z.output<typeof batchIncrement>;
export type BatchGetBody = z.output<typeof batchGet>;
export type CounterParams = z.output<typeof counterKey>;
export type TopQuery = z.output<typeof topQuery>;

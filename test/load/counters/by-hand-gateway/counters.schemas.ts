import { IncrementRequestRules } from '@app/contracts';
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

/** The header `Idempotency-Key`. @throws ValidationFailedError */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (header !== '' && header.length <= idempotencyKey.maxLength && idempotencyKey.pattern.test(header))
    return header;
  const message = `must be 1 to ${idempotencyKey.maxLength} printable ASCII characters without spaces`;
  throw ValidationFailedError.of([{ path: 'Idempotency-Key', message }]);
}

export type IncrementBody = z.output<typeof increment>;
export type CounterParams = z.output<typeof counterKey>;

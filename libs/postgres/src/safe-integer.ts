import type { ValueTransformer } from 'typeorm';

/**
 * A `bigint` column as a number. `pg` returns text, because a number cannot hold every bigint. Use it where the
 * values stay within ±(2⁵³−1): `@Column('bigint', { transformer: safeInteger })`.
 *
 * @publicApi
 */
export const safeInteger: ValueTransformer = {
  from: (value: string | null): number | null => (value === null ? null : Number(value)),
  to: (value: unknown): unknown => value,
};

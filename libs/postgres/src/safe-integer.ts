import type { ValueTransformer } from 'typeorm';

/**
 * A `bigint` column as a number. `pg` returns it as text, because not every bigint is a number. Use it where the values
 * stay within ±(2⁵³−1): `@Column('bigint', { transformer: safeInteger })`.
 *
 * @publicApi
 */
export const safeInteger: ValueTransformer = {
  from: (value: string | null): number | null => (value === null ? null : Number(value)),
  to: (value: unknown): unknown => value,
};

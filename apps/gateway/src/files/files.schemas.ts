import { GetFileRequestRules } from '@app/contracts';
import { z } from 'zod';

const { minLength, maxLength, pattern } = GetFileRequestRules.key;

const key = z
  .string()
  .min(minLength)
  .max(maxLength)
  .regex(pattern)
  .refine(
    (text) => !text.split('/').some((segment) => segment === '' || segment === '.' || segment === '..'),
    {
      error: 'must not have empty segments, "." or ".."',
    },
  );

/** The wildcard of `/files/*`. */
export const fileParams = z.preprocess(
  (params) => ({ key: (params as { '*'?: unknown })['*'] }),
  z.strictObject({ key }),
);

export const presignedUrlQuery = z.strictObject({ key, method: z.enum(['get', 'put']).default('get') });

export type FileParams = z.output<typeof fileParams>;
export type PresignedUrlQuery = z.output<typeof presignedUrlQuery>;

import { GetFileRequestRules } from '@app/contracts';
import { boundedText } from '@app/http';
import { faultOfKey } from '@app/s3';
import { z } from 'zod';
import { toMediaType } from './media-type.js';

const key = boundedText(GetFileRequestRules.key)
  .refine((text) => faultOfKey(text) === undefined, { error: ({ input }) => faultOfKey(String(input)) })
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

const whole = z
  .string()
  .regex(/^\d{1,15}$/, { error: 'must be a whole number' })
  .transform(Number);

/** For `put`, `size` and `content_type` must then be sent exactly so; `expires_in` is in seconds. */
export const presignedUrlQuery = z.strictObject({
  key,
  method: z.enum(['get', 'put']).default('get'),
  expires_in: whole.optional(),
  size: whole.optional(),
  content_type: z
    .string()
    .max(127, { abort: true })
    .refine((type) => type === toMediaType(type), { error: 'must be a media type such as image/png' })
    .optional(),
});

export type FileParams = z.output<typeof fileParams>;
export type PresignedUrlQuery = z.output<typeof presignedUrlQuery>;

import { GetFileRequestRules } from '@app/contracts';
import { boundedText } from '@app/http';
import { faultOfKey } from '@app/s3';
import { z } from 'zod';
import { toMediaType } from './media-type.js';

/** The store checks the prefix, which is configured. */
const key = boundedText(GetFileRequestRules.key).refine((text) => faultOfKey(text) === undefined, {
  error: ({ input }) => faultOfKey(String(input)),
});

/** The wildcard of `/files/*`. */
export const fileParams = z.preprocess(
  (params) => ({ key: (params as { '*'?: unknown })['*'] }),
  z.strictObject({ key }),
);

const whole = z
  .string({ error: 'is required, as a whole number' })
  .regex(/^\d{1,15}$/, { error: 'must be a whole number' })
  .transform(Number);

const presigned = {
  key,
  /** In seconds. */
  expires_in: whole.optional(),
  content_type: z
    .string()
    .max(127, { abort: true })
    .refine((type) => type === toMediaType(type), { error: 'must be a media type such as image/png' })
    .optional(),
};

/** For `put`, the client must then send exactly `size` bytes, with exactly this `content_type`. */
export const presignedUrlQuery = z.discriminatedUnion('method', [
  z.strictObject({ ...presigned, method: z.literal('get').default('get'), size: whole.optional() }),
  z.strictObject({ ...presigned, method: z.literal('put'), size: whole }),
]);

export type FileParams = z.output<typeof fileParams>;
export type PresignedUrlQuery = z.output<typeof presignedUrlQuery>;

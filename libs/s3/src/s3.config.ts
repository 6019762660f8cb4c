import { type ConfigOf, defineConfig, duration, secret, size, url } from '@app/config';
import { z } from 'zod';
import { faultOfKey } from './file-key.js';

const MiB = 1024 ** 2;
/** Limits of the S3 protocol: 5 MiB for every part but the last, 10,000 parts, 5 GiB a part. */
const MIN_PART_SIZE = 5 * MiB;
const MAX_PART_SIZE = 5 * 1024 * MiB;
const MAX_PARTS = 10_000;
/** Maximum expiry of a signature of version 4. */
const MAX_EXPIRY = 7 * 86_400_000;
/** No key begins with a slash. */
const WHOLE_BUCKET = '/';

export const s3Config = defineConfig('s3', {
  schema: z
    .object({
      endpoint: url({ protocols: ['https', 'http'] }),
      region: z.string().default('us-east-1'),
      /** Leave both keys out where the platform gives an identity (an IAM role of the pod or the machine). */
      accessKey: secret().optional(),
      secretKey: secret().optional(),
      bucket: z.string().min(3).max(63),
      /** Prefix of every key: nothing else in the bucket is read, written or swept. `/`: the whole bucket. */
      keyPrefix: z
        .string()
        .max(256)
        .refine(isKeyPrefix, { error: 'folders that end in "/", such as uploads/; / for the whole bucket' })
        .transform((text) => (text === WHOLE_BUCKET ? '' : text))
        .default('uploads/'),
      /** `endpoint/bucket/key` instead of `bucket.endpoint/key`; most servers except AWS need it. */
      forcePathStyle: z.boolean().default(true),
      /** Maximum size of an uploaded file, unless the caller sets another one. */
      maxFileSize: size().prefault('100MiB'),
      /** How much is collected before it is sent; a file that fits is sent in one request. */
      partSize: size().prefault('5MiB'),
      /** How many parts of one upload are sent at a time; one more is being filled. */
      concurrency: z.number().int().min(1).max(32).default(2),
      /** Memory for the part buffers of all uploads together; further uploads wait for a buffer. */
      bufferMemory: size().prefault('40MiB'),
      /** How long an upload waits for a buffer before it is refused with 503. */
      bufferWait: duration({ min: '1ms' }).prefault('10s'),
      /** Maximum of open downloads; each holds a connection to the store until its reader has all bytes. */
      maxDownloads: z.number().int().min(1).default(512),
      /** How long a download may wait for one of these places before it is refused. */
      downloadWait: duration().prefault('250ms'),
      /**
       * How many large downloads may be within their first 256 KiB at the same time; the others wait for their
       * turn.
       */
      startingDownloads: z.number().int().min(1).default(8),
      connectTimeout: duration().prefault('2s'),
      /**
       * Maximum silence in the middle of a file, for uploads and downloads. The policy of a request limits its
       * time.
       */
      idleTimeout: duration().prefault('10s'),
      /** Requests that take longer are logged. */
      slowRequest: duration().prefault('2s'),
      /** How long a presigned URL is valid when the caller does not say. */
      presignedExpiry: duration().prefault('15m'),
      /** Maximum expiry that a caller may request. */
      maxPresignedExpiry: duration().prefault('1h'),
    })
    .refine(({ partSize }) => partSize >= MIN_PART_SIZE && partSize <= MAX_PART_SIZE, {
      error: 'a size between 5MiB and 5GiB, which is what S3 takes as a part',
      path: ['partSize'],
    })
    .refine(({ maxFileSize, partSize }) => maxFileSize <= partSize * MAX_PARTS, {
      error: 'a size of at most 10000 × part_size; raise part_size for larger files',
      path: ['maxFileSize'],
    })
    .refine(({ bufferMemory, partSize }) => bufferMemory >= partSize, {
      error: 'a size of at least part_size',
      path: ['bufferMemory'],
    })
    .refine(({ maxPresignedExpiry }) => maxPresignedExpiry >= 1_000 && maxPresignedExpiry <= MAX_EXPIRY, {
      error: 'a time between 1s and 7d, which is what S3 takes',
      path: ['maxPresignedExpiry'],
    })
    .refine(({ presignedExpiry: expiry, maxPresignedExpiry: max }) => expiry >= 1_000 && expiry <= max, {
      error: 'a time between 1s and max_presigned_expiry',
      path: ['presignedExpiry'],
    })
    .refine(({ accessKey, secretKey }) => (accessKey === undefined) === (secretKey === undefined), {
      error: 'access_key and secret_key together, or neither',
      path: ['secretKey'],
    }),
  reloadable: [
    'maxFileSize',
    'concurrency',
    'maxDownloads',
    'downloadWait',
    'startingDownloads',
    'idleTimeout',
    'slowRequest',
    'presignedExpiry',
    'maxPresignedExpiry',
  ],
});

function isKeyPrefix(text: string): boolean {
  return text === WHOLE_BUCKET || (text.endsWith('/') && faultOfKey(text.slice(0, -1)) === undefined);
}

export type S3Config = ConfigOf<typeof s3Config>;

import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { rangeOf } from '../protocol/byte-range.ts';
import { isNotModified } from '../protocol/conditions.ts';
import { ContentDigest } from '../protocol/content.digest.ts';
import type { Content } from '../protocol/request-body.ts';
import { S3Error } from '../protocol/s3.error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import type { StoredObject } from '../store/bucket.ts';
import type { Call } from './operation.ts';

export const COPY_SOURCE = 'x-amz-copy-source';

/** The object that a request names as the source of a copy. */
export function copySourceOf(request: S3Request): { bucket: string; key: string } {
  const [path = '', version] = (request.header(COPY_SOURCE) ?? '').split('?versionId=');
  if (version !== undefined) throw new S3Error('NotImplemented', 'This server has no versions of objects.');
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decode(path)) ?? [];
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  throw new S3Error('InvalidArgument', 'Copy Source must mention the source bucket and key: bucket/key');
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error('InvalidArgument', 'Copy Source must be URL-encoded.');
  }
}

/** Writes the source, or the requested range of it, to a target. */
export async function copyContent(
  { request, store }: Call,
  target: Writable,
): Promise<{ source: StoredObject; content: Content }> {
  const { bucket, key } = copySourceOf(request);
  const { object: source, handle } = await store.bucket(bucket).read(key);
  await using _closed = handle;
  isNotModified(request, source, `${COPY_SOURCE}-`);
  const range = rangeOf(request.header(`${COPY_SOURCE}-range`), source.size);
  const digest = new ContentDigest(['md5']);
  const { start, end } = range ?? { start: 0, end: source.size - 1 };
  const bytes =
    source.size === 0 ? Readable.from([]) : handle.createReadStream({ start, end, autoClose: false });
  await pipeline(bytes, digest, target);
  return { source, content: { size: digest.size, etag: digest.results().get('md5')?.toString('hex') ?? '' } };
}

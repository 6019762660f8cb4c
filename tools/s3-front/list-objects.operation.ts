import type { AtomicStore } from './atomic.store.ts';
import { compareKeys, objectKeys } from './object-keys.ts';
import type { Reply } from './operation.ts';
import { S3Fault } from './s3-fault.ts';
import { parameter, type S3Request } from './s3-request.ts';
import { xml } from './xml.ts';

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** ListObjectsV2. That of s3rver has the order of its folders and, without DES in OpenSSL 3, no second page. */
export async function listObjects(request: S3Request, store: AtomicStore): Promise<Reply> {
  if (!(await store.getBucket(request.bucket)))
    throw new S3Fault('NoSuchBucket', 'The specified bucket does not exist', { BucketName: request.bucket });
  const prefix = parameter(request, 'prefix') ?? '';
  const delimiter = parameter(request, 'delimiter') ?? '';
  const token = parameter(request, 'continuation-token');
  const after = token === undefined ? (parameter(request, 'start-after') ?? '') : decode(token);
  const size = Math.min(Number(parameter(request, 'max-keys') ?? 1000), 1000);
  const found = new Set<string>();
  for await (const key of objectKeys(store.getBucketPath(request.bucket), prefix)) {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = end < 0 ? key : key.slice(0, end + delimiter.length);
    if (compareKeys(entry, after) > 0) found.add(entry);
  }
  const page = [...found].sort(compareKeys).slice(0, size);
  const isPrefix = (entry: string): boolean =>
    delimiter !== '' && entry.endsWith(delimiter) && entry.length > prefix.length;
  const contents = await Promise.all(
    page.filter((entry) => !isPrefix(entry)).map((key) => describe(store, request.bucket, key)),
  );
  const truncated = page.length < found.size;
  const body = xml('ListBucketResult', namespace, {
    Name: request.bucket,
    Prefix: prefix,
    ...(delimiter !== '' && { Delimiter: delimiter }),
    MaxKeys: size,
    KeyCount: page.length,
    IsTruncated: truncated,
    ...(truncated && { NextContinuationToken: Buffer.from(page.at(-1) ?? '').toString('base64url') }),
    Contents: contents.filter((each) => each !== undefined),
    CommonPrefixes: page.filter(isPrefix).map((entry) => ({ Prefix: entry })),
  });
  return { status: 200, body };
}

function decode(token: string): string {
  return Buffer.from(token, 'base64url').toString();
}

/** Undefined when it was deleted meanwhile. */
async function describe(store: AtomicStore, bucket: string, key: string) {
  try {
    const metadata = await store.getMetadata(bucket, key);
    return {
      Key: key,
      LastModified: new Date(metadata['last-modified'] ?? 0).toISOString(),
      ETag: metadata['etag'] ?? '',
      Size: Number(metadata['content-length']),
      StorageClass: 'STANDARD',
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

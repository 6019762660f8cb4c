import { S3Error } from '../protocol/s3.error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import { xml } from '../protocol/xml-writer.ts';
import type { Page } from '../store/sorted-keys.ts';
import type { Call, Operation } from './operation.ts';

/** The page size, limited as in S3. */
export function pageSize(request: S3Request, name: string): number {
  return Math.min(request.number(name, 1000), 1000);
}

/** Encodes characters that XML cannot hold, when the client requests it. */
export function textEncoder(request: S3Request): (text: string) => string {
  const encoding = request.parameter('encoding-type');
  if (encoding === undefined) return (text) => text;
  if (encoding !== 'url')
    throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request');
  return (text) => encodeURIComponent(text).replaceAll('%2F', '/');
}

function list({ request, store }: Call, after: string): { page: Page; elements: Parameters<typeof xml>[1] } {
  const bucket = store.bucket(request.bucket);
  const encode = textEncoder(request);
  const [prefix, delimiter] = [request.parameter('prefix') ?? '', request.parameter('delimiter') ?? ''];
  const limit = pageSize(request, 'max-keys');
  const page = bucket.list({ prefix, delimiter, after, limit });
  const objects = page.keys.map((key) => bucket.get(key));
  const elements = {
    Name: bucket.name,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxKeys: limit,
    EncodingType: request.parameter('encoding-type'),
    IsTruncated: page.next !== undefined,
    Contents: objects.map(({ key, modified, etag, size }) => ({
      Key: encode(key),
      LastModified: new Date(modified).toISOString(),
      ETag: `"${etag}"`,
      Size: size,
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: page.prefixes.map((each) => ({ Prefix: encode(each) })),
  };
  return { page, elements };
}

export const listObjectsV2: Operation = async (call) => {
  const { request } = call;
  const token = request.parameter('continuation-token');
  const startAfter = request.parameter('start-after');
  const after = token === undefined ? startAfter : Buffer.from(token, 'base64url').toString();
  const { page, elements } = list(call, after ?? '');
  const body = xml('ListBucketResult', {
    ...elements,
    KeyCount: page.keys.length + page.prefixes.length,
    ContinuationToken: token,
    NextContinuationToken: page.next === undefined ? undefined : Buffer.from(page.next).toString('base64url'),
    StartAfter: startAfter === undefined ? undefined : textEncoder(request)(startAfter),
  });
  return { status: 200, body };
};

/** The first version of the operation, in which the marker is a key. */
export const listObjects: Operation = async (call) => {
  const marker = call.request.parameter('marker') ?? '';
  const encode = textEncoder(call.request);
  const { page, elements } = list(call, marker);
  const next = page.next === undefined ? undefined : encode(page.next);
  const body = xml('ListBucketResult', { ...elements, Marker: encode(marker), NextMarker: next });
  return { status: 200, body };
};

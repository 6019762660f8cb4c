import type { OutgoingHttpHeaders } from 'node:http';
import { S3Error } from '../protocol/s3.error.ts';
import { headerValue, type S3Request } from '../protocol/s3-request.ts';
import type { ObjectMetadata } from '../store/object-metadata.ts';

const STORED = ['cache-control', 'content-disposition', 'content-language', 'content-type', 'expires'];
/** Headers that a read may override: `response-content-type=…` and so on. */
const OVERRIDABLE = [...STORED, 'content-encoding'];
const METADATA = /^x-amz-meta-[\w!#$%&'*+.^`|~-]+$/;
const PREFIX_LENGTH = 'x-amz-meta-'.length;
/** Limit of S3 for names and values of the metadata together; in bytes. */
const MAX_METADATA = 2048;

/** The headers of a request that are stored with the object. */
export function headersToStore(request: S3Request): Record<string, string> {
  const names = [...Object.keys(request.message.headers), ...request.query.map(([name]) => name)];
  const metadata = new Set(names.filter((name) => METADATA.test(name)));
  const stored: Record<string, string> = {};
  for (const name of [...STORED, ...metadata]) {
    const value = request.header(name);
    if (value !== undefined || metadata.has(name)) stored[name] = value ?? '';
  }
  const size = [...metadata].reduce(
    (sum, name) => sum + name.length - PREFIX_LENGTH + (stored[name]?.length ?? 0),
    0,
  );
  if (size > MAX_METADATA)
    throw new S3Error('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size');
  // `aws-chunked` describes only the transfer.
  const encodings = (request.header('content-encoding') ?? '').split(',').map((each) => each.trim());
  const encoding = encodings.filter((each) => each !== '' && each !== 'aws-chunked').join(',');
  return {
    'content-type': 'binary/octet-stream',
    ...stored,
    ...(encoding && { 'content-encoding': encoding }),
  };
}

/** The headers that identify a version of an object. */
export function versionOf({ etag, modified }: ObjectMetadata): OutgoingHttpHeaders {
  return { etag: `"${etag}"`, 'last-modified': new Date(modified).toUTCString() };
}

/** The headers of a reply with an object, including those that the request overrides. */
export function headersOf(object: ObjectMetadata, request: S3Request): OutgoingHttpHeaders {
  const overrides = OVERRIDABLE.flatMap((name) => {
    const value = request.parameter(`response-${name}`);
    return value === undefined ? [] : [[name, headerValue(value)] as const];
  });
  const isWhole = request.header('range') === undefined;
  const wantsChecksum = request.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  return {
    ...object.headers,
    ...(wantsChecksum && isWhole && object.checksum),
    ...Object.fromEntries(overrides),
    ...versionOf(object),
    'accept-ranges': 'bytes',
  };
}

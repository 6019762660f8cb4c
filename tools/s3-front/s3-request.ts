import type { IncomingMessage } from 'node:http';
import { S3Fault } from './s3-fault.ts';

/** A request taken apart, path style: `/bucket/key?query`. */
export interface S3Request {
  readonly message: IncomingMessage;
  readonly method: string;
  readonly path: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: readonly (readonly [name: string, value: string])[];
}

function decodeOrRefuse(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Fault('InvalidURI', 'The request has a path or query that cannot be decoded.');
  }
}

/** Of S3 for a key, and of file systems for a name, less what s3rver appends to it; bytes. */
const MAX_KEY = 1024;
const MAX_SEGMENT = 255 - '._S3rver_metadata.json'.length;

/** A key that no file can be named after is not there, and cannot be written. */
function assertLength(key: string, method: string): void {
  if (Buffer.byteLength(key) > MAX_KEY) throw new S3Fault('KeyTooLongError', 'Your key is too long.');
  if (key.split('/').every((segment) => Buffer.byteLength(segment) <= MAX_SEGMENT)) return;
  if (method === 'GET' || method === 'HEAD')
    throw new S3Fault('NoSuchKey', 'The specified key does not exist.');
  throw new S3Fault(
    'KeyTooLongError',
    `A segment of a key must have at most ${MAX_SEGMENT} bytes: this server keeps keys as paths.`,
  );
}

/** @throws S3Fault for what cannot be decoded, and for a key that would leave its bucket's folder */
export function parseRequest(message: IncomingMessage): S3Request {
  const [path = '/', search = ''] = (message.url ?? '/').split(/\?(.*)/s);
  const [bucket = '', ...segments] = path.slice(1).split('/').map(decodeOrRefuse);
  const key = segments.join('/');
  if (
    [bucket, ...key.split('/')].some((segment) => segment === '.' || segment === '..') ||
    key.includes('\0')
  ) {
    throw new S3Fault(
      'InvalidArgument',
      'A key must not have the segments "." and "..": this server keeps keys as paths.',
    );
  }
  const method = message.method ?? 'GET';
  assertLength(key, method);
  const query = search
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      return [decodeOrRefuse(name), decodeOrRefuse(value)] as const;
    });
  return { message, method, path, bucket, key, query };
}

/** The value of a query parameter; empty when it stands without one. */
export function parameter(request: S3Request, name: string): string | undefined {
  return request.query.find(([each]) => each === name)?.[1];
}

import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3.error.ts';

/** Limit of S3, in bytes. */
const MAX_KEY = 1024;

function decodeOrRefuse(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', 'The path or query of the request cannot be decoded.');
  }
}

/**
 * Converts text to the value of a header: its UTF-8 bytes.
 *
 * @throws S3Error InvalidArgument for control characters
 */
export function headerValue(text: string): string {
  const bytes = Buffer.from(text).toString('latin1');
  if (!/[^\t -~\u0080-\u00ff]/.test(bytes)) return bytes;
  throw new S3Error('InvalidArgument', 'The value of a header must not have control characters.');
}

/** A request in path style: `/bucket/key?query`. */
export class S3Request {
  readonly message: IncomingMessage;
  readonly method: string;
  /** Percent-encoded, as sent. */
  readonly path: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: readonly (readonly [name: string, value: string])[];

  /** @throws S3Error InvalidURI, KeyTooLongError */
  constructor(message: IncomingMessage) {
    this.message = message;
    this.method = message.method ?? 'GET';
    const [path = '/', search = ''] = (message.url ?? '/').split(/\?(.*)/s);
    const [, bucket = '', key = ''] = /^\/([^/]*)(?:\/(.*))?$/s.exec(path) ?? [];
    this.path = path;
    this.bucket = decodeOrRefuse(bucket);
    this.key = decodeOrRefuse(key);
    if (Buffer.byteLength(this.key) > MAX_KEY)
      throw new S3Error('KeyTooLongError', `Your key is longer than ${MAX_KEY} bytes.`);
    const pairs = search.split('&').filter((pair) => pair !== '');
    this.query = pairs.map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      return [decodeOrRefuse(name), decodeOrRefuse(value)] as const;
    });
  }

  /**
   * Undefined when it is absent or empty. The query of a presigned URL may hold metadata. It may also hold the
   * checksum of an empty body, which S3 ignores.
   */
  header(name: string): string | undefined {
    const value = this.message.headers[name];
    if (Array.isArray(value)) return value.join(', ');
    if (value !== undefined || !name.startsWith('x-amz-meta-')) return value || undefined;
    return headerValue(this.parameter(name) ?? '') || undefined;
  }

  /** The value of a query parameter; empty when the parameter has none. */
  parameter(name: string): string | undefined {
    return this.query.find(([each]) => each === name)?.[1];
  }

  /** A whole number in a query parameter. */
  number(name: string, fallback: number): number {
    const text = this.parameter(name);
    if (text === undefined) return fallback;
    if (/^\d{1,10}$/.test(text)) return Number(text);
    throw new S3Error('InvalidArgument', `${name} must be a whole number.`);
  }
}

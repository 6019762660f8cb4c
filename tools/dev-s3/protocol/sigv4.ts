import { createHash, createHmac } from 'node:crypto';

/** The parts of a request that a signature of version 4 covers. */
export interface SignedParts {
  readonly method: string;
  /** The path as sent, percent-encoded. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Lower-case names with their values. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** SHA-256 of the body in hexadecimal, or one of the constants that replace it. */
  readonly payloadHash: string;
}

/** The key for every signature of one request. */
export interface SigningKey {
  readonly secret: Buffer;
  /** `yyyyMMddTHHmmssZ` */
  readonly timestamp: string;
  /** `20261120/us-east-1/s3/aws4_request` */
  readonly scope: string;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Percent-encoding of RFC 3986, as S3 requires it. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function signingKey(secretKey: string, timestamp: string, region: string): SigningKey {
  const parts = [timestamp.slice(0, 8), region, 's3', 'aws4_request'];
  const [first = '', ...rest] = parts;
  const secret = rest.reduce(hmac, hmac(`AWS4${secretKey}`, first));
  return { secret, timestamp, scope: parts.join('/') };
}

/** Signs the lines, in hexadecimal. The first line is the kind of the signature, `AWS4-HMAC-SHA256` for a request. */
export function sign(
  { secret, timestamp, scope }: SigningKey,
  kind: string,
  lines: readonly string[],
): string {
  return hmac(secret, [kind, timestamp, scope, ...lines].join('\n')).toString('hex');
}

/**
 * The signature of a request.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function signatureOf(parts: SignedParts, key: SigningKey): string {
  const path = parts.path
    .split('/')
    .map((segment) => encode(decodeURIComponent(segment)))
    .join('/');
  const query = parts.query
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`);
  const headers = [...parts.headers].sort(([a], [b]) => compare(a, b));
  const canonicalRequest = [
    parts.method,
    path,
    query.join('&'),
    ...headers.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    headers.map(([name]) => name).join(';'),
    parts.payloadHash,
  ].join('\n');
  return sign(key, 'AWS4-HMAC-SHA256', [sha256(canonicalRequest)]);
}

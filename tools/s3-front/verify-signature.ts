import { timingSafeEqual } from 'node:crypto';
import { S3Fault } from './s3-fault.ts';
import { parameter, type S3Request } from './s3-request.ts';
import { scopeOf, signatureOf } from './sigv4.ts';

export interface Account {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

/** What a request says about its own signature, in its header or, presigned, in its query. */
interface Claim {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly timestamp: string;
  readonly payloadHash: string;
  /** When it ends to be valid, in milliseconds since the epoch. */
  readonly until: number;
}

const allowedSkew = 15 * 60_000;

const header = (request: S3Request, name: string): string => String(request.message.headers[name] ?? '');

/** `20261120T120000Z` in milliseconds since the epoch */
function parseTimestamp(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function claimOf(request: S3Request): Claim {
  if (parameter(request, 'X-Amz-Signature') !== undefined) {
    const of = (name: string): string => parameter(request, `X-Amz-${name}`) ?? '';
    const timestamp = of('Date');
    return {
      credential: of('Credential'),
      signedHeaders: of('SignedHeaders'),
      signature: of('Signature'),
      timestamp,
      payloadHash: header(request, 'x-amz-content-sha256') || 'UNSIGNED-PAYLOAD',
      until: parseTimestamp(timestamp) + Number(of('Expires')) * 1000,
    };
  }
  const authorization = header(request, 'authorization');
  if (!authorization.startsWith('AWS4-HMAC-SHA256 ')) {
    throw new S3Fault('AccessDenied', 'The request carries no signature of version 4.');
  }
  const fields = new Map(
    [...authorization.matchAll(/(Credential|SignedHeaders|Signature)=([^,\s]+)/g)].map(([, k, v]) => [k, v]),
  );
  const timestamp = header(request, 'x-amz-date');
  return {
    credential: fields.get('Credential') ?? '',
    signedHeaders: fields.get('SignedHeaders') ?? '',
    signature: fields.get('Signature') ?? '',
    timestamp,
    payloadHash: header(request, 'x-amz-content-sha256'),
    until: parseTimestamp(timestamp) + allowedSkew,
  };
}

/**
 * Checks the signature, which s3rver does only for the version 2 of old: any request with a known access key would
 * pass there. The signatures of the single chunks of a streamed body are not checked.
 *
 * @throws S3Fault as S3 does
 */
export function verifySignature(request: S3Request, account: Account): void {
  const claim = claimOf(request);
  const [accessKey, ...scope] = claim.credential.split('/');
  if (accessKey !== account.accessKey) {
    throw new S3Fault('InvalidAccessKeyId', 'The access key is not one of this server.', {
      AWSAccessKeyId: accessKey ?? '',
    });
  }
  const region = scope[1] ?? account.region;
  const expected = signatureOf({
    method: request.method,
    path: request.path,
    query: request.query.filter(([name]) => name !== 'X-Amz-Signature'),
    headers: claim.signedHeaders.split(';').map((name) => [name, header(request, name)]),
    payloadHash: claim.payloadHash,
    timestamp: claim.timestamp,
    region,
    secretKey: account.secretKey,
  });
  const inScope = scope.join('/') === scopeOf(claim.timestamp, region);
  if (!inScope || !equal(expected, claim.signature)) {
    throw new S3Fault(
      'SignatureDoesNotMatch',
      'The signature does not match the request: check the secret key and what was signed.',
    );
  }
  const now = Date.now();
  if (!(now <= claim.until)) throw new S3Fault('AccessDenied', 'Request has expired');
  if (parseTimestamp(claim.timestamp) > now + allowedSkew) {
    throw new S3Fault('RequestTimeTooSkewed', 'The clock of the request is more than 15 minutes ahead.');
  }
}

function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

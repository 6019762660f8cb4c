import { ChunkSignatures } from './chunk-signatures.ts';
import { equalText } from './equal-text.ts';
import { S3Error } from './s3.error.ts';
import type { S3Request } from './s3-request.ts';
import { signatureOf, signingKey } from './sigv4.ts';

export interface Account {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

/** The signature of a request: in its header or, presigned, in its query. */
interface Claim {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly timestamp: string;
  readonly payloadHash: string;
  /** How long it is valid, in milliseconds. */
  readonly lifetime: number;
}

const ALLOWED_SKEW = 15 * 60_000;
/** Maximum expiry of S3 for presigned URLs: a week, in seconds. */
const MAX_EXPIRY = 604_800;

/** `20261120T120000Z` in milliseconds since the epoch */
function parseTimestamp(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function presignedClaim(request: S3Request): Claim {
  const field = (name: string): string => request.parameter(`X-Amz-${name}`) ?? '';
  const expiry = Number(field('Expires') || Number.NaN);
  if (!(expiry >= 0 && expiry <= MAX_EXPIRY)) {
    const message = `X-Amz-Expires must be a number of seconds, at most ${MAX_EXPIRY}`;
    throw new S3Error('AuthorizationQueryParametersError', message);
  }
  return {
    credential: field('Credential'),
    signedHeaders: field('SignedHeaders').split(';'),
    signature: field('Signature'),
    timestamp: field('Date'),
    payloadHash: request.header('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
    lifetime: expiry * 1000,
  };
}

function headerClaim(request: S3Request): Claim {
  const authorization = request.header('authorization') ?? '';
  if (!authorization.startsWith('AWS4-HMAC-SHA256 '))
    throw new S3Error('AccessDenied', 'The request has no signature of version 4.');
  const fields = new Map(
    [...authorization.matchAll(/(Credential|SignedHeaders|Signature)=([^,\s]+)/g)].map(([, k, v]) => [k, v]),
  );
  return {
    credential: fields.get('Credential') ?? '',
    signedHeaders: fields.get('SignedHeaders')?.split(';') ?? [],
    signature: fields.get('Signature') ?? '',
    timestamp: request.header('x-amz-date') ?? '',
    payloadHash: request.header('x-amz-content-sha256') ?? '',
    lifetime: ALLOWED_SKEW,
  };
}

/** A header that changes what a request does must be signed. */
function assertAllSigned({ message }: S3Request, { signedHeaders }: Claim): void {
  const decisive = Object.keys(message.headers).filter(
    (name) => name === 'host' || name.startsWith('x-amz-'),
  );
  const unsigned = decisive.filter(
    (name) => !signedHeaders.includes(name) && name !== 'x-amz-content-sha256',
  );
  if (unsigned.length === 0) return;
  const details = { HeadersNotSigned: unsigned.join(', ') };
  throw new S3Error(
    'AccessDenied',
    'There were headers present in the request which were not signed',
    details,
  );
}

/**
 * @returns the verifier for the chunks of its body, when they are signed
 * @throws S3Error as S3 does
 */
export function verifySignature(request: S3Request, account: Account): ChunkSignatures {
  const isPresigned = request.parameter('X-Amz-Signature') !== undefined;
  const claim = isPresigned ? presignedClaim(request) : headerClaim(request);
  const [accessKey = '', ...scope] = claim.credential.split('/');
  if (accessKey !== account.accessKey) {
    const details = { AWSAccessKeyId: accessKey };
    throw new S3Error('InvalidAccessKeyId', 'This server does not have this access key.', details);
  }
  const key = signingKey(account.secretKey, claim.timestamp, scope[1] ?? account.region);
  const { method, path } = request;
  const query = request.query.filter(([name]) => name !== 'X-Amz-Signature');
  const headers = claim.signedHeaders.map(
    (name) => [name, String(request.message.headers[name] ?? '')] as const,
  );
  const expected = signatureOf({ method, path, query, headers, payloadHash: claim.payloadHash }, key);
  if (scope.join('/') !== key.scope || !equalText(expected, claim.signature)) {
    throw new S3Error(
      'SignatureDoesNotMatch',
      'The signature does not match the request. Check the secret key and what was signed.',
    );
  }
  assertAllSigned(request, claim);
  const age = Date.now() - parseTimestamp(claim.timestamp);
  if (age < -ALLOWED_SKEW || (!isPresigned && !(age <= claim.lifetime)))
    throw new S3Error('RequestTimeTooSkewed', 'The clock of the request differs by more than 15 minutes.');
  if (!(age <= claim.lifetime)) throw new S3Error('AccessDenied', 'Request has expired');
  return new ChunkSignatures(key, claim.signature);
}

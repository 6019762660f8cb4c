/** The part of an answer that says what went wrong. HEAD has no body, and so a status without a name of S3's. */
export interface StoreAnswer {
  readonly name: string;
  readonly $metadata: { readonly httpStatusCode?: number | undefined };
}

/**
 * Who is to blame, and for what. The caller: `key`, `missing`, `lost` (the multipart upload is gone), `range`, `size`,
 * `request`. We, by our configuration: `bucket`, `access`. The store: `busy`, `unavailable`.
 */
export type StoreFault =
  'key' | 'missing' | 'lost' | 'range' | 'size' | 'request' | 'bucket' | 'access' | 'busy' | 'unavailable';

/**
 * What a name says beyond its status, or other than it: some 400s and 403s are no fault of the caller's, and an upload
 * that cannot be completed is told in a reply that began as a success.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const BY_NAME: Readonly<Record<StoreFault, readonly string[]>> = {
  key: ['KeyTooLongError', 'InvalidURI', 'XMinioInvalidObjectName'],
  missing: ['NoSuchKey', 'NotFound', 'NoSuchVersion'],
  lost: ['NoSuchUpload', 'InvalidPart'],
  range: ['InvalidRange'],
  size: ['EntityTooLarge', 'MaxMessageLengthExceeded'],
  request: ['EntityTooSmall', 'InvalidPartOrder', 'MalformedXML'],
  bucket: ['NoSuchBucket', 'InvalidBucketName', 'PermanentRedirect', 'TemporaryRedirect', 'Redirect'],
  access: [
    'AccessDenied',
    'AuthorizationHeaderMalformed',
    'CredentialsProviderError',
    'ExpiredToken',
    'InvalidAccessKeyId',
    'InvalidSecurity',
    'InvalidToken',
    'MissingSecurityHeader',
    'SignatureDoesNotMatch',
    'TokenRefreshRequired',
  ],
  busy: [
    'SlowDown',
    'SlowDownRead',
    'SlowDownWrite',
    'Throttling',
    'ThrottlingException',
    'RequestLimitExceeded',
    'RequestThrottled',
    'TooManyRequests',
    'BandwidthLimitExceeded',
  ],
  unavailable: [
    // The SDK has learned the server's time from the refusal: the next attempt is signed with it.
    'RequestTimeTooSkewed',
    'RequestExpired',
    'RequestInTheFuture',
    // 400: the store has waited for our bytes in vain.
    'RequestTimeout',
    'RequestTimeoutException',
    // 409: another request is at work on the same key for a moment.
    'OperationAborted',
    'ConditionalRequestConflict',
  ],
};

const BY_STATUS: Readonly<Record<number, StoreFault>> = {
  401: 'access',
  403: 'access',
  404: 'missing',
  408: 'unavailable',
  413: 'size',
  414: 'key',
  416: 'range',
  425: 'unavailable',
  429: 'busy',
};

const FAULTS = new Map(
  (Object.keys(BY_NAME) as StoreFault[]).flatMap((fault) =>
    BY_NAME[fault].map((name) => [name, fault] as const),
  ),
);

/** By its name, else by its status: an unknown 4xx is the request's fault, whatever is left the store's. */
export function storeFaultOf({ name, $metadata }: StoreAnswer): StoreFault {
  const status = $metadata.httpStatusCode ?? 0;
  const known = FAULTS.get(name) ?? BY_STATUS[status];
  if (known) return known;
  if (status >= 300 && status < 400) return 'bucket';
  return status >= 400 && status < 500 ? 'request' : 'unavailable';
}

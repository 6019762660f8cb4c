/**
 * The part of a reply that describes the failure. A reply to HEAD has no body, and so a status without an error
 * name of S3.
 */
export interface StoreAnswer {
  readonly name: string;
  readonly $metadata: { readonly httpStatusCode?: number | undefined };
}

/**
 * The cause of a failure. The caller: `key`, `missing`, `lost` (the multipart upload is gone), `range`, `size`,
 * `request`. Our configuration: `bucket`, `access`. The store: `busy`, `unavailable`.
 */
export type StoreFault =
  'key' | 'missing' | 'lost' | 'range' | 'size' | 'request' | 'bucket' | 'access' | 'busy' | 'unavailable';

/**
 * Error names that mean more than their status, or something else. Some 400s and 403s are not the caller's fault,
 * and the failure of a completed upload may come in a reply that began with status 200.
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
    // The SDK has read the server's time from the refusal, and signs the next attempt with it.
    'RequestTimeTooSkewed',
    'RequestExpired',
    'RequestInTheFuture',
    // 400: the store timed out while it waited for our bytes.
    'RequestTimeout',
    'RequestTimeoutException',
    // 409: another request is changing the same key at the moment.
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

/**
 * Classifies a reply by its error name, else by its status: an unknown 4xx is a fault of the request, anything else
 * of the store.
 */
export function storeFaultOf({ name, $metadata }: StoreAnswer): StoreFault {
  const status = $metadata.httpStatusCode ?? 0;
  const known = FAULTS.get(name) ?? BY_STATUS[status];
  if (known) return known;
  if (status >= 300 && status < 400) return 'bucket';
  return status >= 400 && status < 500 ? 'request' : 'unavailable';
}

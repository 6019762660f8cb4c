import { NoSuchBucket, NoSuchKey, NoSuchUpload, S3ServiceException } from '@aws-sdk/client-s3';
import { isRetryable, classificationOf } from '@app/resilience';
import { describe, expect, it } from '@jest/globals';
import { FileTooLargeError } from './s3.errors.js';
import { toFileError } from './to-file-error.js';

const of = (httpStatusCode: number) => ({ message: 'said the server', $metadata: { httpStatusCode } });
const answer = (httpStatusCode: number, name = 'Unknown') =>
  new S3ServiceException({ ...of(httpStatusCode), name, $fault: 'client' });

/** Faults of the caller: the status that the caller receives, and the reason. Never counted, never retried. */
const CALLERS = [
  [400, 'KeyTooLongError', 400, 'VALIDATION_FAILED'],
  [400, 'InvalidURI', 400, 'VALIDATION_FAILED'],
  [414, 'Unknown', 400, 'VALIDATION_FAILED'],
  [404, 'NoSuchKey', 404, 'FILE_NOT_FOUND'],
  [404, 'NoSuchVersion', 404, 'FILE_NOT_FOUND'],
  [404, 'NotFound', 404, 'FILE_NOT_FOUND'],
  [404, 'Unknown', 404, 'FILE_NOT_FOUND'],
  [404, 'NoSuchUpload', 409, 'UPLOAD_LOST'],
  [400, 'InvalidPart', 409, 'UPLOAD_LOST'],
  [503, 'InvalidPart', 409, 'UPLOAD_LOST'],
  [416, 'InvalidRange', 416, 'RANGE_NOT_SATISFIABLE'],
  [416, 'Unknown', 416, 'RANGE_NOT_SATISFIABLE'],
  [400, 'EntityTooLarge', 413, 'FILE_TOO_LARGE'],
  [413, 'Unknown', 413, 'FILE_TOO_LARGE'],
  [412, 'PreconditionFailed', 412, 'PRECONDITION_FAILED'],
  [409, 'InvalidObjectState', 409, 'CONFLICT'],
  [400, 'InvalidArgument', 400, 'FILE_REFUSED'],
  [400, 'InvalidRequest', 400, 'FILE_REFUSED'],
  [400, 'BadDigest', 400, 'FILE_REFUSED'],
  [400, 'EntityTooSmall', 400, 'FILE_REFUSED'],
  [400, 'MetadataTooLarge', 400, 'FILE_REFUSED'],
  [400, 'AnythingNew', 400, 'FILE_REFUSED'],
  [405, 'MethodNotAllowed', 400, 'FILE_REFUSED'],
  [411, 'MissingContentLength', 400, 'FILE_REFUSED'],
  [400, 'Unknown', 400, 'FILE_REFUSED'],
  [431, 'Unknown', 400, 'FILE_REFUSED'],
] as const;

/** Faults of our configuration, whatever their status: the store works. Never counted; an operator has to fix them. */
const OURS = [
  [403, 'AccessDenied'],
  [403, 'SignatureDoesNotMatch'],
  [403, 'InvalidAccessKeyId'],
  [403, 'Unknown'],
  [401, 'Unauthorized'],
  [400, 'ExpiredToken'],
  [400, 'InvalidToken'],
  [400, 'AuthorizationHeaderMalformed'],
  [404, 'NoSuchBucket'],
  [400, 'InvalidBucketName'],
  [301, 'PermanentRedirect'],
  [307, 'Unknown'],
] as const;

/** Faults of the store that end by themselves, and whether they are counted. */
const STORES = [
  [500, 'InternalError', true],
  [500, 'Unknown', true],
  [503, 'ServiceUnavailable', true],
  [503, 'Unknown', true],
  [504, 'Unknown', true],
  [400, 'RequestTimeout', true],
  [408, 'Unknown', true],
  [403, 'RequestTimeTooSkewed', true],
  [409, 'OperationAborted', true],
  [503, 'SlowDown', false],
  [429, 'TooManyRequests', false],
  [429, 'Unknown', false],
] as const;

describe('a reply of the object store', () => {
  it.each(CALLERS)('%i %s is a fault of the caller: %i %s', (code, name, http, reason) => {
    const error = toFileError(answer(code, name), { key: 'a/b' });
    expect(error).toMatchObject({ reason, status: { http }, retryable: false });
    expect(classificationOf(error)).toBe('answered');
  });

  it.each(OURS)('%i %s is a fault of our configuration: an error that names it, 503', (code, name) => {
    const error = toFileError(answer(code, name), { key: 'a/b' });
    expect(error).toMatchObject({ reason: 'UPSTREAM_UNAVAILABLE', status: { http: 503 }, logLevel: 'error' });
    expect(error.message).toMatch(/s3\.(bucket|access_key)/);
    expect(classificationOf(error)).toBe('answered');
    expect(isRetryable(error)).toBe(false);
  });

  it.each(STORES)('%i %s is a fault of the store that ends by itself; counted: %s', (code, name, counted) => {
    const error = toFileError(answer(code, name), { key: 'a/b' });
    expect(error).toMatchObject({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: { http: 503 },
      retryAfterMs: 1000,
    });
    expect(classificationOf(error)).toBe(counted ? 'failure' : 'answered');
    expect(isRetryable(error)).toBe(true);
  });

  it.each([new NoSuchKey(of(404)), new NoSuchBucket(of(404)), new NoSuchUpload(of(404))])(
    'is classified by its name when the SDK has a class for it: %p',
    (thrown) => {
      const same = toFileError(answer(404, thrown.name), { key: 'a' });
      expect(toFileError(thrown, { key: 'a' })).toMatchObject({ reason: same.reason, status: same.status });
    },
  );

  it('about the bucket itself is a fault of configuration', () => {
    expect(toFileError(answer(404, 'NotFound'), {}).message).toContain('s3.bucket');
  });

  it('that the SDK cannot read, such as the page of a proxy, is classified by its status', () => {
    const page = (code: number) =>
      Object.assign(new Error('no XML'), { $metadata: { httpStatusCode: code } });
    expect(toFileError(page(413), { key: 'a' }).status.http).toBe(413);
    expect(toFileError(page(502), { key: 'a' })).toMatchObject({ status: { http: 503 }, retryable: true });
    expect(toFileError(page(200), { key: 'a' })).toMatchObject({ status: { http: 503 }, retryable: true });
  });
});

describe('a failure without a reply', () => {
  it('means an unavailable store when the connection is dead', () => {
    const error = toFileError(new Error('ECONNREFUSED'), { key: 'a' });
    expect(error).toMatchObject({ reason: 'UPSTREAM_UNAVAILABLE', status: { http: 503 }, retryable: true });
    expect(classificationOf(error)).toBe('failure');
  });

  const withCode = (code: string) => Object.assign(new Error(code), { code, $metadata: { attempts: 1 } });
  const page = (httpStatusCode: number) =>
    Object.assign(new Error('no XML'), { $metadata: { httpStatusCode } });

  it.each([withCode('ECONNRESET'), new Error('socket hang up'), page(502), page(504)])(
    'of a write may have taken effect: %s',
    (thrown) => {
      expect(toFileError(thrown, { key: 'a', isWrite: true })).toMatchObject({
        reason: 'OUTCOME_UNKNOWN',
        status: { http: 503 },
        details: { upstream: 's3', outcome: 'unknown' },
      });
      expect(toFileError(thrown, { key: 'a' })).toMatchObject({ reason: 'UPSTREAM_UNAVAILABLE' });
    },
  );

  it.each([withCode('ECONNREFUSED'), withCode('ENOTFOUND'), page(503), answer(503, 'SlowDown')])(
    'of a write took no effect: %s',
    (thrown) => {
      const error = toFileError(thrown, { key: 'a', isWrite: true });
      expect(error).toMatchObject({ reason: 'UPSTREAM_UNAVAILABLE', outcome: undefined });
    },
  );

  it('is a fault of configuration when there are no credentials', () => {
    const error = Object.assign(new Error('none found'), { name: 'CredentialsProviderError', $metadata: {} });
    expect(toFileError(error, { key: 'a' }).message).toContain('s3.access_key');
  });

  it('is a fault of the caller when the key cannot be part of a URL', () => {
    expect(toFileError(new URIError('URI malformed'), { key: 'a' }).status.http).toBe(400);
  });

  it('is returned unchanged when it is already one of our errors', () => {
    const error = FileTooLargeError.beyond(1);
    expect(toFileError(error, { key: 'a' })).toBe(error);
  });

  it('is the abort after the caller has aborted, whatever else failed', () => {
    const gone = toFileError(new Error('socket hang up'), { key: 'a', signal: AbortSignal.abort() });
    expect(gone.reason).toBe('CANCELLED');
  });
});

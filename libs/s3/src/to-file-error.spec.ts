import { describe, expect, it } from '@jest/globals';
import { NoSuchBucket, NoSuchKey, NoSuchUpload, S3ServiceException } from '@aws-sdk/client-s3';
import { FileTooLargeError } from './s3.errors.js';
import { toFileError } from './to-file-error.js';

const of = (httpStatusCode: number) => ({ message: 'said the server', $metadata: { httpStatusCode } });
const refusal = (httpStatusCode: number, name: string) =>
  new S3ServiceException({ ...of(httpStatusCode), name, $fault: 'client' });

describe('a failure of the object store', () => {
  it.each([
    { what: 'a missing key', thrown: new NoSuchKey(of(404)), reason: 'FILE_NOT_FOUND', status: 404 },
    {
      what: 'a HEAD that finds nothing',
      thrown: refusal(404, 'NotFound'),
      reason: 'FILE_NOT_FOUND',
      status: 404,
    },
    {
      what: 'a missing bucket',
      thrown: new NoSuchBucket(of(404)),
      reason: 'UPSTREAM_UNAVAILABLE',
      status: 503,
    },
    { what: 'a lost upload', thrown: new NoSuchUpload(of(404)), reason: 'UPSTREAM_UNAVAILABLE', status: 503 },
    {
      what: 'a refused key',
      thrown: refusal(403, 'AccessDenied'),
      reason: 'UPSTREAM_UNAVAILABLE',
      status: 503,
    },
    {
      what: 'a dead connection',
      thrown: new Error('ECONNREFUSED'),
      reason: 'UPSTREAM_UNAVAILABLE',
      status: 503,
    },
    { what: 'one of ours', thrown: FileTooLargeError.beyond(1), reason: 'FILE_TOO_LARGE', status: 413 },
  ])('is $reason for $what', ({ thrown, reason, status }) => {
    const error = toFileError(thrown, { key: 'a/b' });
    expect(error.reason).toBe(reason);
    expect(error.status.http).toBe(status);
  });

  it('of the bucket itself is a matter of configuration', () => {
    expect(toFileError(refusal(404, 'NotFound'), {}).message).toContain('s3.bucket');
  });

  it('is the abort once the caller has given up, whatever else went wrong', () => {
    const gone = toFileError(new Error('socket hang up'), { key: 'a', signal: AbortSignal.abort() });
    expect(gone.reason).toBe('CANCELLED');
  });
});

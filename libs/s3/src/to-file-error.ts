import { AppError, CancelledError, DeadlineExceededError } from '@app/errors';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { FileNotFoundError, StorageUnavailableError } from './s3.errors.js';

const CLOCK_SKEW: ReadonlySet<string> = new Set(['RequestTimeTooSkewed', 'RequestExpired']);

/** In which call an error arose. */
export interface FailedCall {
  /** Of the object; without one the call is about the bucket. */
  key?: string;
  /** The caller's signal: once it is aborted, whatever failed did so because of it. */
  signal?: AbortSignal | undefined;
}

/** Whatever the SDK, the network or an abort threw, as one of the errors that `FileStore` promises. */
export function toFileError(thrown: unknown, { key, signal }: FailedCall): AppError {
  if (signal?.aborted) return toAbortError(signal);
  if (thrown instanceof AppError) return thrown;
  if (!(thrown instanceof S3ServiceException)) return StorageUnavailableError.because(thrown);
  const missing = thrown.name === 'NoSuchKey' || thrown.name === 'NotFound';
  if (thrown.name === 'NoSuchBucket' || (missing && key === undefined)) return noBucket(thrown);
  if (missing && key !== undefined) return FileNotFoundError.at(key, thrown);
  // The SDK has learned the server's time from the refusal: the next attempt is signed with it.
  if (CLOCK_SKEW.has(thrown.name)) return StorageUnavailableError.because(thrown);
  return thrown.$metadata.httpStatusCode === 403 ? noAccess(thrown) : StorageUnavailableError.because(thrown);
}

function noBucket(cause: unknown): AppError {
  return StorageUnavailableError.misconfigured(
    'the bucket does not exist; create it or set s3.bucket',
    cause,
  );
}

function noAccess(cause: unknown): AppError {
  const remedy = 'check s3.access_key, s3.secret_key and the policy of the bucket';
  return StorageUnavailableError.misconfigured(remedy, cause);
}

function toAbortError(signal: AbortSignal): AppError {
  const reason: unknown = signal.reason;
  if (reason instanceof AppError) return reason;
  const timedOut = reason instanceof DOMException && reason.name === 'TimeoutError';
  return timedOut
    ? DeadlineExceededError.of('The file transfer', reason)
    : CancelledError.of('The file transfer', reason);
}

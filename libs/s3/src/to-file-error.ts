import { AppError, CancelledError, DeadlineExceededError } from '@app/errors';
import {
  FileKeyError,
  FileNotFoundError,
  FileRefusedError,
  FileTooLargeError,
  RangeNotSatisfiableError,
  StorageUnavailableError,
  UploadLostError,
} from './s3.errors.js';
import { type StoreAnswer, storeFaultOf } from './store-fault.js';

/** The call in which an error occurred. */
export interface FailedCall {
  /** Key of the object; without one the call concerns the bucket. */
  key?: string;
  /** The caller's signal. Once it is aborted, it is the cause of every failure. */
  signal?: AbortSignal | undefined;
  /** Whether the call stores or removes an object, so that a lost reply leaves its outcome unknown. @default false */
  isWrite?: boolean;
}

/** Error codes of Node.js without a connection: nothing was sent. */
const NOT_SENT: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** A proxy in front of the store has lost its reply. */
const ANSWER_LOST: ReadonlySet<unknown> = new Set([502, 504]);

/** Converts an error of the SDK, the network or an abort to one of the errors that `FileStore` documents. */
export function toFileError(thrown: unknown, { key, signal, isWrite = false }: FailedCall): AppError {
  if (signal?.aborted) return toAbortError(signal);
  if (thrown instanceof AppError) return thrown;
  // The SDK cannot encode such a key in a URL.
  if (thrown instanceof URIError && key !== undefined)
    return FileKeyError.of('must be well-formed Unicode', thrown);
  if (isWrite && isAnswerLost(thrown)) return StorageUnavailableError.unanswered(thrown);
  return isAnswer(thrown) ? fromAnswer(thrown, key) : StorageUnavailableError.because(thrown);
}

function isAnswerLost(thrown: unknown): boolean {
  const { code, name, $metadata } = thrown as Partial<StoreAnswer> & { code?: unknown };
  // The SDK adds metadata, such as the number of attempts, also to failures without a reply.
  const status = $metadata?.httpStatusCode;
  if (status !== undefined) return ANSWER_LOST.has(status);
  return name !== 'CredentialsProviderError' && !NOT_SENT.has(code);
}

function fromAnswer(answer: StoreAnswer & Error, key: string | undefined): AppError {
  const fault = storeFaultOf(answer);
  switch (fault) {
    case 'missing':
      return key === undefined ? noBucket(answer) : FileNotFoundError.at(key, answer);
    case 'key':
      return FileKeyError.of('is not one that the store takes', answer);
    case 'lost':
      return UploadLostError.because(answer);
    case 'range':
      return RangeNotSatisfiableError.of(sizeIn(answer), answer);
    case 'size':
      return FileTooLargeError.refused(answer);
    case 'request':
      return FileRefusedError.of(answer.$metadata.httpStatusCode ?? 400, answer);
    case 'bucket':
      return noBucket(answer);
    case 'access':
      return noAccess(answer);
    case 'busy':
      return StorageUnavailableError.busy(answer);
    case 'unavailable':
      return StorageUnavailableError.because(answer);
  }
}

/** A reply of the store, or of a proxy in front of it that the SDK could not read. */
function isAnswer(thrown: unknown): thrown is StoreAnswer & Error {
  if (!(thrown instanceof Error)) return false;
  const { $metadata } = thrown as { $metadata?: unknown };
  return thrown.name === 'CredentialsProviderError' || (typeof $metadata === 'object' && $metadata !== null);
}

/** Some stores send the size of the file when they refuse a range. */
function sizeIn(answer: Error): number {
  return Number((answer as { ActualObjectSize?: unknown }).ActualObjectSize ?? 0);
}

function noBucket(cause: unknown): AppError {
  return StorageUnavailableError.misconfigured(
    'the bucket does not exist at this address; create it, or set s3.bucket, s3.region and s3.endpoint',
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

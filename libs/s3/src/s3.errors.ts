import { AppError, Status } from '@app/errors';

/** What can go wrong with a stored file. */
export abstract class FileStoreError extends AppError {}

/** There is no object at the key. */
export class FileNotFoundError extends FileStoreError {
  static at(key: string, cause?: unknown): FileNotFoundError {
    return new FileNotFoundError({
      reason: 'FILE_NOT_FOUND',
      status: Status.NOT_FOUND,
      message: 'There is no file with this key. Use the key that the upload returned.',
      cause,
      details: { key },
    });
  }
}

/** What is at the key is no longer the version that the caller has seen. */
export class FileChangedError extends FileStoreError {
  static at(key: string): FileChangedError {
    return new FileChangedError({
      reason: 'FILE_CHANGED',
      status: Status.ABORTED,
      retryable: true,
      message: 'The file was replaced while it was being opened. Send the request again.',
      details: { key },
    });
  }
}

/** The content has more bytes than it may have; nothing of it is kept. */
export class FileTooLargeError extends FileStoreError {
  static beyond(maxSize: number): FileTooLargeError {
    return new FileTooLargeError({
      reason: 'FILE_TOO_LARGE',
      status: Status.PAYLOAD_TOO_LARGE,
      message: `The file is larger than ${maxSize} bytes, which is the most that is taken here. Send a smaller one.`,
      details: { max_size: maxSize },
    });
  }
}

/** The content broke off before its end; nothing of it is kept. */
export class FileInterruptedError extends FileStoreError {
  static of(cause: unknown): FileInterruptedError {
    return new FileInterruptedError({
      reason: 'MALFORMED_BODY',
      status: Status.INVALID_ARGUMENT,
      message: 'The file broke off before its end and was not stored. Send it again, complete.',
      cause,
    });
  }

  static stalled(cause: unknown): FileInterruptedError {
    return new FileInterruptedError({
      reason: 'REQUEST_TIMEOUT',
      status: Status.REQUEST_TIMEOUT,
      message: 'Nothing more of the file came for too long, and it was not stored. Send it again.',
      cause,
    });
  }
}

/** The range that was asked for lies outside the file. */
export class RangeNotSatisfiableError extends FileStoreError {
  static of(size: number, cause?: unknown): RangeNotSatisfiableError {
    return new RangeNotSatisfiableError({
      reason: 'RANGE_NOT_SATISFIABLE',
      status: Status.RANGE_NOT_SATISFIABLE,
      message: `The file has ${size} bytes and the range lies outside of them. Ask for a range within the file.`,
      cause,
      details: { size },
    });
  }

  /** Of the whole file, in bytes. */
  get size(): number {
    return Number(this.details?.['size'] ?? 0);
  }
}

/** The object store did not answer, or refuses to work for us. */
export class StorageUnavailableError extends FileStoreError {
  static because(cause: unknown): StorageUnavailableError {
    return new StorageUnavailableError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1000,
      message: 'The file storage is not available at the moment. Try again shortly.',
      cause,
      details: { upstream: 's3' },
    });
  }

  /** The store answers but not for us: a matter of configuration that no retry mends. */
  static misconfigured(remedy: string, cause: unknown): StorageUnavailableError {
    return new StorageUnavailableError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'error',
      message: `The file storage refuses to work for us: ${remedy}.`,
      cause,
      details: { upstream: 's3' },
    });
  }
}

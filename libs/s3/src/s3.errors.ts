import { AppError, outcomeUnknown, Status, statusOfHttpCode } from '@app/errors';

/** Failures of the file store. */
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

/** The object at the key is no longer the version that the caller has seen. */
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

/** The text cannot be the key of a file. */
export class FileKeyError extends FileStoreError {
  static of(fault: string, cause?: unknown): FileKeyError {
    return new FileKeyError({
      reason: 'VALIDATION_FAILED',
      status: Status.INVALID_ARGUMENT,
      message: `The key ${fault}. Use the key that the upload returned.`,
      cause,
      details: { issues: [{ path: 'key', message: fault }] },
    });
  }
}

/** The store refuses this request but serves others; a retry does not help. */
export class FileRefusedError extends FileStoreError {
  /** @param code the store's HTTP status, a 4xx */
  static of(code: number, cause: unknown): FileRefusedError {
    const { reason, status } = REFUSALS.get(code) ?? REFUSED;
    return new FileRefusedError({
      reason,
      status,
      logLevel: 'warn',
      message: 'The file storage refused the request. Check what was sent.',
      cause,
    });
  }
}

const REFUSED = { reason: 'FILE_REFUSED', status: Status.INVALID_ARGUMENT };
/** Other codes would describe our own route: its methods, its length. */
const REFUSALS = new Map([
  [409, { reason: 'CONFLICT', status: statusOfHttpCode(409) }],
  [412, { reason: 'PRECONDITION_FAILED', status: statusOfHttpCode(412) }],
]);

/** The multipart upload was ended, or parts of it were removed, before it was complete; nothing of it is kept. */
export class UploadLostError extends FileStoreError {
  static because(cause: unknown): UploadLostError {
    return new UploadLostError({
      reason: 'UPLOAD_LOST',
      status: Status.ABORTED,
      logLevel: 'warn',
      message: 'The upload was ended at the file storage before it was complete. Send the file again.',
      cause,
    });
  }
}

/** The reader of a download was idle while others needed its connection to the store. */
export class DownloadCutError extends FileStoreError {
  static idle(milliseconds: number): DownloadCutError {
    return new DownloadCutError({
      reason: 'DOWNLOAD_CUT',
      status: Status.CANCELLED,
      logLevel: 'info',
      message: `The file was not read for ${Math.round(milliseconds)} ms while other downloads waited. Ask for the rest with a range.`,
    });
  }
}

/** The content exceeds the maximum size; nothing of it is kept. */
export class FileTooLargeError extends FileStoreError {
  static beyond(maxSize: number): FileTooLargeError {
    return new FileTooLargeError({
      reason: 'FILE_TOO_LARGE',
      status: Status.PAYLOAD_TOO_LARGE,
      message: `The file is larger than ${maxSize} bytes, which is the most that is taken here. Send a smaller one.`,
      details: { max_size: maxSize },
    });
  }

  /** The limit of the store, which is below ours. */
  static refused(cause: unknown): FileTooLargeError {
    return new FileTooLargeError({
      reason: 'FILE_TOO_LARGE',
      status: Status.PAYLOAD_TOO_LARGE,
      logLevel: 'warn',
      message: 'The file is larger than the file storage takes. Send a smaller one.',
      cause,
    });
  }
}

/** The content ended too early; nothing of it is kept. */
export class FileInterruptedError extends FileStoreError {
  static of(cause: unknown): FileInterruptedError {
    return new FileInterruptedError({
      reason: 'MALFORMED_BODY',
      status: Status.INVALID_ARGUMENT,
      message: 'The file broke off before its end and was not stored. Send it again, complete.',
      cause,
    });
  }

  /** @param minRate minimum rate of the client while others wait, in bytes a second */
  static tooSlow(minRate: number): FileInterruptedError {
    return new FileInterruptedError({
      reason: 'REQUEST_TIMEOUT',
      status: Status.REQUEST_TIMEOUT,
      message: `The file came with less than ${minRate} bytes a second while others waited, and it was not stored. Send it again, faster.`,
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

/** Other uploads have taken all memory for buffers. */
export class UploadsBusyError extends FileStoreError {
  static create(): UploadsBusyError {
    return new UploadsBusyError({
      reason: 'OVERLOADED',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 5_000,
      countsAsFailure: false,
      message:
        'Too many files are on their way at the moment, and this one was not stored. Send it again shortly.',
    });
  }
}

/** The requested range is outside the file. */
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

/** The object store did not reply, or refuses to serve this app. */
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

  /** A request that stores or removes an object was sent and got no reply: it may have taken effect. */
  static unanswered(cause: unknown): StorageUnavailableError {
    return new StorageUnavailableError(outcomeUnknown('s3', cause));
  }

  /** The store works but throttles this app. Retry after a pause; this is no sign of an outage. */
  static busy(cause: unknown): StorageUnavailableError {
    return new StorageUnavailableError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1000,
      countsAsFailure: false,
      message: 'The file storage has too many requests at the moment. Try again shortly.',
      cause,
      details: { upstream: 's3' },
    });
  }

  /**
   * The store answers but refuses this app: a fault of configuration that no retry fixes. It does not count as a
   * failure, because a policy of the store may refuse only some keys.
   */
  static misconfigured(remedy: string, cause: unknown): StorageUnavailableError {
    return new StorageUnavailableError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'error',
      retryAfterMs: 30_000,
      countsAsFailure: false,
      message: `The file storage refuses to work for us: ${remedy}.`,
      cause,
      details: { upstream: 's3' },
    });
  }
}

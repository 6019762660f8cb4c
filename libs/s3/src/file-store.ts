import type { Readable } from 'node:stream';
import type { ByteRange } from './byte-range.js';
import { FileKeyError } from './s3.errors.js';
import type { FileHead, FilePage, OpenedFile, PresignedUrl, StoredFile } from './stored-file.js';

/** @publicApi */
export interface CallOptions {
  /** Cancels the call. @default the signal of the current context */
  signal?: AbortSignal | undefined;
}

/** @publicApi */
export interface UploadOptions extends CallOptions {
  /** Media type, such as `image/png`; stored with the object. */
  contentType: string;
  /** In bytes. @default `s3.max_file_size` */
  maxSize?: number;
}

/** @publicApi */
export interface OpenOptions extends CallOptions {
  /** The version to open, as `head` has returned it. @default the current version */
  version?: FileHead | undefined;
  /** @default the whole file */
  range?: ByteRange | undefined;
}

/** @publicApi */
export interface PresignOptions {
  /** How long the URL is valid, in milliseconds; at most `s3.max_presigned_expiry`. @default `s3.presigned_expiry` */
  expiresIn?: number;
}

/** @publicApi */
export interface PresignPutOptions extends PresignOptions {
  /** The exact number of bytes to send: the protocol has no "at most". */
  size: number;
  /** The required media type. @default any */
  contentType?: string | undefined;
}

/** @publicApi */
export interface ListOptions extends CallOptions {
  /** Only keys with this prefix, which must itself begin with `s3.key_prefix`. @default `s3.key_prefix` */
  prefix?: string;
  /** Only keys after this one, in the order of their bytes. @default from the first */
  after?: string;
  /** 1 to 1000. @default 1000 */
  limit?: number;
}

/**
 * Stores files by key. Every key begins with `s3.key_prefix`; other objects of the bucket can neither be read nor
 * written.
 *
 * Every method may reject with these errors: `FileKeyError` when the text cannot be a key; `FileRefusedError` when
 * the store refuses this request but serves others; `StorageUnavailableError` when the store cannot be reached;
 * `DeadlineExceededError` when it does not reply in time; `CircuitOpenError` when that happened too often lately;
 * `CancelledError` or `DeadlineExceededError` when the signal was aborted.
 *
 * @publicApi
 */
export abstract class FileStore {
  /**
   * Stores a stream of any length with a bounded amount of memory, and computes its hash on the way. Give each
   * upload a key of its own: when it fails for any reason, nothing of it is left, neither parts nor an object at
   * the key. The stream is destroyed when the upload ends before the stream does.
   *
   * @throws FileTooLargeError when the stream has more bytes than `maxSize`
   * @throws FileInterruptedError when the stream fails before its end
   */
  abstract upload(key: string, content: Readable, options: UploadOptions): Promise<StoredFile>;

  /**
   * Opens a file for reading. Destroy the stream when you do not read it to its end. A stream that nobody reads for
   * a second fails with `DownloadCutError` when other downloads need its place.
   *
   * @throws BulkheadFullError when `s3.max_downloads` are open and none ended within `s3.download_wait`
   * @throws FileNotFoundError
   * @throws FileChangedError when the store has another version than `version`
   * @throws RangeNotSatisfiableError with the file's size in `details.size`; no range of an empty file is
   * satisfiable
   */
  abstract open(key: string, options?: OpenOptions): Promise<OpenedFile>;

  /** @throws FileNotFoundError */
  abstract head(key: string, options?: CallOptions): Promise<FileHead>;

  /** Removes a file. A missing file is not an error. */
  abstract delete(key: string, options?: CallOptions): Promise<void>;

  /** Lists a page of the files, in the order of the bytes of their keys. */
  abstract list(options?: ListOptions): Promise<FilePage>;

  /**
   * Creates a URL with which anybody may read the key for a limited time, without this app. A browser saves the
   * file and does not display it: otherwise the file could act in the name of the store's site.
   *
   * @throws ValidationFailedError when the expiry is below a second or above the allowed maximum
   */
  abstract presign(key: string, method: 'get', options?: PresignOptions): Promise<PresignedUrl>;

  /**
   * Creates a URL with which anybody may write the key for a limited time, without this app: exactly `size` bytes,
   * which the store checks. We do not hash what is written this way.
   *
   * @throws ValidationFailedError when the expiry is below a second or above the allowed maximum, or the size is
   * not a whole number
   * @throws FileTooLargeError when `size` is above `s3.max_file_size`
   */
  abstract presign(key: string, method: 'put', options: PresignPutOptions): Promise<PresignedUrl>;

  /** Returns why this store refuses the key, for reads and writes; undefined when the key is allowed. */
  abstract faultOfKey(key: string): string | undefined;

  /** @throws FileKeyError when this store refuses the key */
  assertKey(key: string): void {
    const fault = this.faultOfKey(key);
    if (fault !== undefined) throw FileKeyError.of(fault);
  }
}

import type { Readable } from 'node:stream';
import type { ByteRange } from './byte-range.js';
import { FileKeyError } from './s3.errors.js';
import type { FileHead, FilePage, OpenedFile, PresignedUrl, StoredFile } from './stored-file.js';

/** @publicApi */
export interface CallOptions {
  /** Gives the call up. @default the signal of the current context */
  signal?: AbortSignal | undefined;
}

/** @publicApi */
export interface UploadOptions extends CallOptions {
  /** Media type, such as `image/png`; kept with the object. */
  contentType: string;
  /** In bytes. @default `s3.max_file_size` */
  maxSize?: number;
}

/** @publicApi */
export interface OpenOptions extends CallOptions {
  /** The version to open, as `head` has described it. @default whatever version there is */
  version?: FileHead | undefined;
  /** @default the whole file */
  range?: ByteRange | undefined;
}

/** @publicApi */
export interface PresignOptions {
  /** How long the URL is good for, in milliseconds; at most `s3.max_presigned_expiry`. @default `s3.presigned_expiry` */
  expiresIn?: number;
}

/** @publicApi */
export interface PresignPutOptions extends PresignOptions {
  /** How many bytes must be sent, exactly: the protocol has no "at most". */
  size: number;
  /** The media type that must be sent. @default any */
  contentType?: string | undefined;
}

/** @publicApi */
export interface ListOptions extends CallOptions {
  /** Only keys that begin with it; it begins with `s3.key_prefix` itself. @default `s3.key_prefix` */
  prefix?: string;
  /** Only keys behind this one, in the order of their bytes. @default from the first */
  after?: string;
  /** 1 to 1000. @default 1000 */
  limit?: number;
}

/**
 * Where files are kept, by key. Every key begins with `s3.key_prefix`; what else the bucket holds can neither be read
 * nor written. Every method rejects with `FileKeyError` when the text cannot be a key and with
 * `FileRefusedError` when the store refuses the request and serves others; with `StorageUnavailableError` when the store cannot be reached,
 * `DeadlineExceededError` when it does not answer in time, `CircuitOpenError` when that has happened too often lately,
 * and with `CancelledError` or `DeadlineExceededError` when the signal was aborted.
 *
 * @publicApi
 */
export abstract class FileStore {
  /**
   * Stores a stream of any length with a bounded amount of memory, and hashes it on its way. Give each upload
   * a key of its own: whatever makes it fail, nothing of it is left, neither parts nor an object at the key.
   * The stream is destroyed when the upload ends before the stream does.
   *
   * @throws FileTooLargeError once more bytes came than `maxSize`
   * @throws FileInterruptedError when the stream fails before its end
   */
  abstract upload(key: string, content: Readable, options: UploadOptions): Promise<StoredFile>;

  /**
   * Opens a file for reading. Destroy the stream when you do not read it to its end. A stream that is not read for a
   * second fails with `DownloadCutError` when others need its place.
   *
   * @throws BulkheadFullError when `s3.max_downloads` are under way and none ended within `s3.download_wait`
   * @throws FileNotFoundError
   * @throws FileChangedError when another version than `version` was found
   * @throws RangeNotSatisfiableError with the file's size in `details.size`; an empty file satisfies no range
   */
  abstract open(key: string, options?: OpenOptions): Promise<OpenedFile>;

  /** @throws FileNotFoundError */
  abstract head(key: string, options?: CallOptions): Promise<FileHead>;

  /** Removes a file; that there was none is no error. */
  abstract delete(key: string, options?: CallOptions): Promise<void>;

  /** A page of the files there are, in the order of the bytes of their keys. */
  abstract list(options?: ListOptions): Promise<FilePage>;

  /**
   * A URL with which anybody may read the key for a while, past this app. A browser saves what it gets and does not
   * show it: the file could act in the name of the store's site.
   *
   * @throws ValidationFailedError when it is to be good for less than a second or longer than is allowed
   */
  abstract presign(key: string, method: 'get', options?: PresignOptions): Promise<PresignedUrl>;

  /**
   * A URL with which anybody may write the key for a while, past this app: exactly `size` bytes, which the store
   * checks. What is written so is not hashed by us.
   *
   * @throws ValidationFailedError when it is to be good for less than a second or longer than is allowed, or the size
   *   is no whole number
   * @throws FileTooLargeError when `size` is beyond `s3.max_file_size`
   */
  abstract presign(key: string, method: 'put', options: PresignPutOptions): Promise<PresignedUrl>;

  /** Why this store has and takes no file with the key; undefined when it may. */
  abstract faultOfKey(key: string): string | undefined;

  /** @throws FileKeyError when this store has and takes no file with the key */
  assertKey(key: string): void {
    const fault = this.faultOfKey(key);
    if (fault !== undefined) throw FileKeyError.of(fault);
  }
}

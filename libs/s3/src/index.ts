export type { ByteRange, ResolvedRange } from './byte-range.js';
export { contentDisposition } from './content-disposition.js';
export { faultOfKey } from './file-key.js';
export {
  type CallOptions,
  FileStore,
  type ListOptions,
  type OpenOptions,
  type PresignOptions,
  type PresignPutOptions,
  type UploadOptions,
} from './file-store.js';
export { type S3Config, s3Config } from './s3.config.js';
export {
  DownloadCutError,
  FileChangedError,
  FileInterruptedError,
  FileKeyError,
  FileNotFoundError,
  FileRefusedError,
  FileStoreError,
  FileTooLargeError,
  RangeNotSatisfiableError,
  StorageUnavailableError,
  UploadLostError,
} from './s3.errors.js';
export { S3Module } from './s3.module.js';
export type { FileHead, FilePage, ListedFile, OpenedFile, PresignedUrl, StoredFile } from './stored-file.js';
export { type AbortUploadsOptions, UnfinishedUploads } from './unfinished-uploads.js';

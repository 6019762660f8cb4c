import type { CallOptions } from './file-store.js';

/** @publicApi */
export interface AbortUploadsOptions extends CallOptions {
  /**
   * Only uploads that began before this time. Choose a time longer ago than the longest upload takes; otherwise a
   * running upload is aborted.
   */
  before: Date;
  /** Only keys with this prefix, which must itself begin with `s3.key_prefix`. @default `s3.key_prefix` */
  prefix?: string;
  /** Maximum number in this call. @default 1000 */
  limit?: number;
}

/**
 * Multipart uploads that nobody will complete: a crash left them, and storage of their parts costs money. For the
 * app that runs the sweep.
 *
 * @publicApi
 */
export abstract class UnfinishedUploads {
  /**
   * Aborts them with all their parts.
   *
   * @returns the number of aborted uploads; fewer than the limit means that none is left
   */
  abstract abort(options: AbortUploadsOptions): Promise<number>;
}

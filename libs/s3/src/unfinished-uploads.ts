import type { CallOptions } from './file-store.js';

/** @publicApi */
export interface AbortUploadsOptions extends CallOptions {
  /** Only uploads that were begun before; later than the longest upload takes, or it is cut off. */
  before: Date;
  /** Only of keys that begin with it; it begins with `s3.key_prefix` itself. @default `s3.key_prefix` */
  prefix?: string;
  /** At most so many in this call. @default 1000 */
  limit?: number;
}

/**
 * Multipart uploads that nobody completes any more: a crash left them, and their parts are paid for. For the app
 * that sweeps.
 *
 * @publicApi
 */
export abstract class UnfinishedUploads {
  /**
   * Aborts them with all their parts.
   *
   * @returns how many; fewer than the limit: nothing is left
   */
  abstract abort(options: AbortUploadsOptions): Promise<number>;
}

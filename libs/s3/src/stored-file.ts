import type { Readable } from 'node:stream';
import type { ResolvedRange } from './byte-range.js';

/** The metadata of a stored file. */
export interface FileHead {
  readonly key: string;
  /** Of the whole file, in bytes. */
  readonly size: number;
  readonly contentType: string;
  /** With its quotes, as HTTP writes it. */
  readonly etag: string;
  readonly lastModified: Date | undefined;
}

/** A file in a list. */
export type ListedFile = Omit<FileHead, 'contentType'>;

/** @publicApi */
export interface FilePage {
  readonly files: readonly ListedFile[];
  /** Continue after this key; undefined when this is the last page. */
  readonly next: string | undefined;
}

/** The result of an upload. */
export interface StoredFile {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  readonly contentType: string;
  /** Of the whole content, lower-case hexadecimal. */
  readonly sha256: string;
  /** With its quotes, as HTTP writes it. */
  readonly etag: string;
}

/** A file opened for reading. */
export interface OpenedFile {
  readonly file: FileHead;
  /** The part of the file that the stream holds; undefined for the whole file. */
  readonly range: ResolvedRange | undefined;
  readonly stream: Readable;
}

/** @publicApi */
export interface PresignedUrl {
  readonly url: string;
  readonly method: 'GET' | 'PUT';
  readonly expiresAt: Date;
}

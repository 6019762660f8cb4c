import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { RequestBody } from '../protocol/request-body.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import type { Store } from '../store/store.ts';

/** A request whose signature is valid. */
export interface Call {
  readonly request: S3Request;
  readonly body: RequestBody;
  readonly store: Store;
}

export interface Reply {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  /** A document, or content with its length in the headers. */
  readonly body?: string | Readable;
}

export type Operation = (call: Call) => Promise<Reply>;

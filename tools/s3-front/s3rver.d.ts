// The parts of s3rver 3.7 that the front stands on; the package brings no types.
declare module 's3rver' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  import type FilesystemStore from 's3rver/lib/stores/filesystem.js';

  export default class S3rver {
    constructor(options: { directory: string; silent: boolean; vhostBuckets: boolean });
    store: FilesystemStore;
    context: { store: FilesystemStore };
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    on(event: 'error', listener: (error: Error & { status?: number }) => void): this;
  }
}

declare module 's3rver/lib/stores/filesystem.js' {
  import type { Readable } from 'node:stream';

  export interface StoredObject {
    bucket: string;
    key: string;
    content: Readable | Buffer;
    metadata: Record<string, string>;
  }

  export interface Stored {
    size: number;
    md5: string;
  }

  export interface ByteRange {
    start?: number | undefined;
    end?: number | undefined;
  }

  export interface FoundObject {
    content: Readable | null;
    /** Of the whole, in bytes. */
    readonly size: number;
    range?: { start: number; end: number };
  }

  export default class FilesystemStore {
    constructor(rootDirectory: string);
    getObject(bucket: string, key: string, options?: ByteRange): Promise<FoundObject | null>;
    getBucketPath(bucket: string): string;
    getMetadata(bucket: string, key: string): Promise<Record<string, string>>;
    getBucket(bucket: string): Promise<object | null>;
    getResourcePath(bucket: string, key: string | undefined, resource: string): string;
    deleteObject(bucket: string, key: string): Promise<void>;
    putMetadata(bucket: string, key: string, metadata: Record<string, string>, md5: string): Promise<void>;
    putObject(object: StoredObject): Promise<Stored>;
    putPart(bucket: string, uploadId: string, partNumber: string, content: Readable): Promise<Stored>;
    putObjectMultipart(
      bucket: string,
      uploadId: string,
      parts: { number: number; etag: string }[],
    ): Promise<Stored>;
  }
}

declare module 's3rver/lib/models/error.js' {
  export default class S3Error extends Error {
    constructor(code: string, message: string, detail?: Record<string, string>);
    code: string;
    status: number;
    toXML(): string;
  }
}

declare module 's3rver/lib/models/account.js' {
  const account: { DUMMY_ACCOUNT: { createKeyPair(accessKey: string, secretKey: string): void } };
  export default account;
}

import type { Readable } from 'node:stream';
import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Injectable } from '@nestjs/common';
import { parseContentRange, suffixToStart, toRangeHeader } from './byte-range.js';
import { matchesEntityTag } from './entity-tag.js';
import {
  type CallOptions,
  FileStore,
  type OpenOptions,
  type PresignOptions,
  type UploadOptions,
} from './file-store.js';
import { type S3Config, s3Config } from './s3.config.js';
import { RangeNotSatisfiableError } from './s3.errors.js';
import { S3Uploader } from './s3.uploader.js';
import type { FileHead, FileOpening, PresignedUrl, StoredFile } from './stored-file.js';
import { toFileError } from './to-file-error.js';
import { watchedStream } from './watched-stream.js';

const RANGE_NOT_SATISFIABLE = 416;

/**
 * `FileStore` on any server that speaks S3. Two things are not left to the server, since not every server gets
 * them right, and are found out by a HEAD: what the caller already has, and where the last bytes begin.
 */
@Injectable()
export class S3FileStore extends FileStore {
  constructor(
    private readonly client: S3Client,
    private readonly uploader: S3Uploader,
    @InjectConfig(s3Config) private readonly config: ConfigHandle<S3Config>,
  ) {
    super();
  }

  upload(key: string, content: Readable, options: UploadOptions): Promise<StoredFile> {
    return this.uploader.upload(key, content, { ...options, signal: signalOf(options) });
  }

  async open(key: string, options: OpenOptions = {}): Promise<FileOpening> {
    const { range, ifNoneMatch } = options;
    const isSuffix = range !== undefined && 'suffix' in range;
    const file = ifNoneMatch !== undefined || isSuffix ? await this.head(key, options) : undefined;
    if (file && ifNoneMatch !== undefined && matchesEntityTag(ifNoneMatch, file.etag))
      return { modified: false, file };
    const fromStart = isSuffix ? suffixToStart(range.suffix, file?.size ?? 0) : range;
    return this.get(key, fromStart && toRangeHeader(fromStart), options);
  }

  async head(key: string, options: CallOptions = {}): Promise<FileHead> {
    const signal = signalOf(options);
    try {
      const reply = await this.client.send(new HeadObjectCommand(this.at(key)), { abortSignal: signal });
      return headOf(key, reply, reply.ContentLength ?? 0);
    } catch (error) {
      throw toFileError(error, { key, signal });
    }
  }

  async delete(key: string, options: CallOptions = {}): Promise<void> {
    const signal = signalOf(options);
    try {
      await this.client.send(new DeleteObjectCommand(this.at(key)), { abortSignal: signal });
    } catch (error) {
      throw toFileError(error, { key, signal });
    }
  }

  async presign(key: string, method: 'get' | 'put', options: PresignOptions = {}): Promise<PresignedUrl> {
    const { expiresIn = this.config.current.presignedExpiry } = options;
    const command =
      method === 'get' ? new GetObjectCommand(this.at(key)) : new PutObjectCommand(this.at(key));
    const signingDate = new Date();
    const url = await getSignedUrl(this.client, command, {
      expiresIn: Math.ceil(expiresIn / 1000),
      signingDate,
    });
    return {
      url,
      method: method === 'get' ? 'GET' : 'PUT',
      expiresAt: new Date(signingDate.getTime() + expiresIn),
    };
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.config.current.bucket, Key: key };
  }

  private async get(key: string, Range: string | undefined, options: CallOptions): Promise<FileOpening> {
    const signal = signalOf(options);
    const command = new GetObjectCommand({ ...this.at(key), Range });
    try {
      return this.opened(key, await this.client.send(command, { abortSignal: signal }), signal);
    } catch (error) {
      if (isRangeRefusal(error))
        throw RangeNotSatisfiableError.of((await this.head(key, options)).size, error);
      throw toFileError(error, { key, signal });
    }
  }

  private opened(key: string, reply: GetObjectCommandOutput, signal: AbortSignal | undefined): FileOpening {
    const found = parseContentRange(reply.ContentRange);
    const stream = watchedStream(reply.Body as Readable, {
      silence: this.config.current.requestTimeout,
      translate: (error) => toFileError(error, { key, signal }),
    });
    return {
      modified: true,
      file: headOf(key, reply, found?.size ?? reply.ContentLength ?? 0),
      range: found && { start: found.start, end: found.end },
      stream,
    };
  }
}

type HeadFields = Pick<GetObjectCommandOutput, 'ContentType' | 'ETag' | 'LastModified'>;

function headOf(key: string, { ContentType, ETag, LastModified }: HeadFields, size: number): FileHead {
  return {
    key,
    size,
    contentType: ContentType ?? 'application/octet-stream',
    etag: ETag ?? '',
    lastModified: LastModified,
  };
}

function signalOf({ signal }: CallOptions): AbortSignal | undefined {
  return signal ?? RequestContext.current()?.signal;
}

function isRangeRefusal(error: unknown): boolean {
  return (
    (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === RANGE_NOT_SATISFIABLE
  );
}

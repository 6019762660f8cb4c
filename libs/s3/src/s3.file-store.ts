import type { Readable } from 'node:stream';
import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { Injectable } from '@nestjs/common';
import { parseContentRange, type ResolvedRange, resolveRange, toRangeHeader } from './byte-range.js';
import { faultOfKey } from './file-key.js';
import { DownloadStarts } from './download-starts.js';
import { type Download, Downloads } from './downloads.js';
import {
  type CallOptions,
  FileStore,
  type ListOptions,
  type OpenOptions,
  type PresignOptions,
  type PresignPutOptions,
  type UploadOptions,
} from './file-store.js';
import { RecentSizes } from './recent-sizes.js';
import { type S3Config, s3Config } from './s3.config.js';
import { FileChangedError, RangeNotSatisfiableError } from './s3.errors.js';
import { S3Presigner } from './s3.presigner.js';
import { S3Requests } from './s3.requests.js';
import { S3Uploader } from './s3.uploader.js';
import type { FileHead, FilePage, OpenedFile, PresignedUrl, StoredFile } from './stored-file.js';
import { toFileError } from './to-file-error.js';
import { watchedStream } from './watched-stream.js';

/**
 * `FileStore` on any server that supports S3. It resolves ranges itself, with a HEAD: some servers do not support a
 * range of the last bytes, and some never reply when the file is empty.
 */
@Injectable()
export class S3FileStore extends FileStore {
  private readonly sizes = new RecentSizes();

  constructor(
    private readonly requests: S3Requests,
    private readonly presigner: S3Presigner,
    private readonly uploader: S3Uploader,
    private readonly downloads: Downloads,
    private readonly starts: DownloadStarts,
    @InjectConfig(s3Config) private readonly config: ConfigHandle<S3Config>,
  ) {
    super();
  }

  async upload(key: string, content: Readable, options: UploadOptions): Promise<StoredFile> {
    const stored = await this.uploader.upload(key, content, { ...options, signal: signalOf(options) });
    this.sizes.set(key, stored.size);
    return stored;
  }

  async open(key: string, options: OpenOptions = {}): Promise<OpenedFile> {
    const { range } = options;
    const version = options.version ?? (range && (await this.head(key, options)));
    const part = range && version && resolveRange(range, version.size);
    const opened = await this.get(key, { part, version }, options);
    if (!version || opened.file.etag === version.etag) return opened;
    opened.stream.destroy();
    throw FileChangedError.at(key);
  }

  async head(key: string, { signal }: CallOptions = {}): Promise<FileHead> {
    const reply = await this.requests.send(new HeadObjectCommand(this.at(key)), { signal });
    const head = headOf(key, reply, reply.ContentLength ?? 0);
    this.sizes.set(key, head.size);
    return head;
  }

  async delete(key: string, { signal }: CallOptions = {}): Promise<void> {
    await this.requests.send(new DeleteObjectCommand(this.at(key)), { signal });
  }

  async list({
    prefix = this.config.current.keyPrefix,
    after,
    limit = 1000,
    signal,
  }: ListOptions = {}): Promise<FilePage> {
    const command = new ListObjectsV2Command({
      Bucket: this.config.current.bucket,
      Prefix: prefix,
      StartAfter: after,
      MaxKeys: limit,
    });
    const { Contents = [], IsTruncated } = await this.requests.send(command, { signal });
    const files = Contents.map(({ Key = '', Size = 0, ETag = '', LastModified }) => ({
      key: Key,
      size: Size,
      etag: ETag,
      lastModified: LastModified,
    }));
    return { files, next: IsTruncated ? files.at(-1)?.key : undefined };
  }

  presign(
    key: string,
    method: 'get' | 'put',
    options: PresignOptions & Partial<PresignPutOptions> = {},
  ): Promise<PresignedUrl> {
    return method === 'get' ? this.presigner.get(key, options) : this.presigner.put(key, options);
  }

  faultOfKey(key: string): string | undefined {
    return faultOfKey(key, this.config.current.keyPrefix);
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.config.current.bucket, Key: key };
  }

  private async get(key: string, { part, version }: Wanted, options: CallOptions): Promise<OpenedFile> {
    const signal = signalOf(options);
    const Range = part && toRangeHeader(part);
    const size = {
      known: () => (part ? part.end - part.start + 1 : (version?.size ?? this.sizes.get(key))),
      request: async () => (await this.head(key, options)).size,
    };
    const download = await this.downloads.begin(signal);
    try {
      download.holdStart(await this.starts.begin(size, signal));
      const reply = await this.requests.send(new GetObjectCommand({ ...this.at(key), Range }), { signal });
      return this.opened(key, reply, { signal, download });
    } catch (error) {
      download.end();
      if (!(error instanceof RangeNotSatisfiableError)) throw error;
      throw RangeNotSatisfiableError.of((await this.head(key, options)).size, error);
    }
  }

  private opened(
    key: string,
    reply: GetObjectCommandOutput,
    { signal, download }: { signal: AbortSignal | undefined; download: Download },
  ): OpenedFile {
    const found = parseContentRange(reply.ContentRange);
    const body = reply.Body as Readable;
    const stream = watchedStream(body, {
      silence: this.config.current.idleTimeout,
      signal,
      onTurn: (turn, passed) => download.turn(turn, passed),
      translate: (error) => toFileError(error, { key, signal }),
    });
    download.attach(stream, body);
    const file = headOf(key, reply, found?.size ?? reply.ContentLength ?? 0);
    this.sizes.set(key, file.size);
    return {
      file,
      range: found && { start: found.start, end: found.end },
      stream,
    };
  }
}

/** The requested part and version of a file, as far as they are known. */
interface Wanted {
  part: ResolvedRange | undefined;
  version: FileHead | undefined;
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

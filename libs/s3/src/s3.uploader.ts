import type { Readable } from 'node:stream';
import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import { type AppError, DeadlineExceededError, Status, withoutOutcome } from '@app/errors';
import { InFlight, Lifecycle } from '@app/lifecycle';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { UploadOptions } from './file-store.js';
import { PartBuffers } from './part-buffers.js';
import { PartReader } from './part-reader.js';
import { type S3Config, s3Config } from './s3.config.js';
import { S3Metrics } from './s3.metrics.js';
import { S3Requests } from './s3.requests.js';
import { S3Transfer } from './s3.transfer.js';
import type { StoredFile } from './stored-file.js';
import { toFileError } from './to-file-error.js';

/** Buffers for files that are smaller than a part, 32 MiB in total. A small file never waits for large ones. */
const SMALL_BUFFERS = [
  { size: 256 * 1024, count: 64 },
  { size: 1024 ** 2, count: 16 },
];

/** Runs uploads. An upload ends only when the file is stored or nothing of it is left. */
@Injectable()
export class S3Uploader implements OnModuleInit {
  private readonly logger = new Logger(S3Uploader.name);
  private readonly uploads = new InFlight();
  private readonly buffers: readonly PartBuffers[];

  constructor(
    private readonly requests: S3Requests,
    private readonly metrics: S3Metrics,
    private readonly lifecycle: Lifecycle,
    @InjectConfig(s3Config) private readonly config: ConfigHandle<S3Config>,
  ) {
    const { partSize: size, bufferMemory, bufferWait: wait } = config.current;
    this.buffers = [...SMALL_BUFFERS, { size, count: Math.floor(bufferMemory / size) }].map(
      (buffers) => new PartBuffers({ ...buffers, wait }),
    );
  }

  onModuleInit(): void {
    this.lifecycle.register({
      name: 's3',
      drain: () => this.uploads.idle(),
      close: () => Promise.resolve(this.requests.close()),
      pending: () => this.uploads.describe(),
    });
  }

  upload(key: string, content: Readable, options: UploadOptions): Promise<StoredFile> {
    return this.uploads.track(`upload ${key}`, () => this.run(key, content, options));
  }

  private async run(Key: string, content: Readable, options: UploadOptions): Promise<StoredFile> {
    const { bucket: Bucket, maxFileSize, partSize, concurrency, idleTimeout: silence } = this.config.current;
    const { contentType, maxSize = maxFileSize } = options;
    const own = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, own.signal]) : own.signal;
    const halt = (reason: unknown): void => own.abort(reason);
    const reader = new PartReader(content, { buffers: this.buffers, partSize, maxSize, silence, signal });
    const transfer = new S3Transfer(
      this.requests,
      { Bucket, Key },
      { contentType, concurrency, signal, halt },
    );
    try {
      const etag = await transfer.send(reader);
      this.metrics.uploaded(reader.size);
      return { key: Key, size: reader.size, contentType, sha256: reader.sha256(), etag };
    } catch (error) {
      // Report the first failure: when a part has failed, the reader was stopped because of it.
      const cause: unknown = own.signal.aborted ? own.signal.reason : error;
      halt(error);
      const isGone = (await this.discard(transfer, Key)) || !transfer.mayExist;
      const failure = toFileError(cause, { key: Key, signal: options.signal });
      throw isGone ? withoutDoubt(failure) : inDoubt(failure);
    }
  }

  /** Runs outside the context, because the upload may have failed by its deadline. */
  private async discard(transfer: S3Transfer, key: string): Promise<boolean> {
    try {
      await RequestContext.detach(() => transfer.discard());
      return true;
    } catch (error) {
      this.logger.warn(
        { err: error, key },
        'An upload that failed could not be taken back; the sweep will find it.',
      );
      return false;
    }
  }
}

/** Nothing of the upload is left, because every effect of its requests was removed. */
function withoutDoubt(error: AppError): AppError {
  return error.outcome === 'unknown' ? withoutOutcome(error) : error;
}

/** The object may exist until the sweep, unless the store has replied that it does not. */
function inDoubt(error: AppError): AppError {
  const isLate = error.status.http === Status.DEADLINE_EXCEEDED.http;
  return isLate ? DeadlineExceededError.of('The file transfer', error, 'unknown') : error;
}

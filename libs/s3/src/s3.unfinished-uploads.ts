import { type ConfigHandle, InjectConfig } from '@app/config';
import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type MultipartUpload,
} from '@aws-sdk/client-s3';
import { Injectable } from '@nestjs/common';
import { causedBy } from './caused-by.js';
import { faultOfKey } from './file-key.js';
import { type S3Config, s3Config } from './s3.config.js';
import { S3Requests } from './s3.requests.js';
import { type AbortUploadsOptions, UnfinishedUploads } from './unfinished-uploads.js';

/** Lists the unfinished uploads of the bucket, page by page, and aborts the old ones. */
@Injectable()
export class S3UnfinishedUploads extends UnfinishedUploads {
  constructor(
    private readonly requests: S3Requests,
    @InjectConfig(s3Config) private readonly config: ConfigHandle<S3Config>,
  ) {
    super();
  }

  async abort({
    before,
    prefix = this.config.current.keyPrefix,
    limit = 1000,
    signal,
  }: AbortUploadsOptions): Promise<number> {
    let aborted = 0;
    for await (const upload of this.all(prefix, signal)) {
      if (!upload.Initiated || upload.Initiated >= before || !this.isOurs(upload)) continue;
      await this.abortOne(upload, signal);
      aborted += 1;
      if (aborted === limit) break;
    }
    return aborted;
  }

  private isOurs({ Key = '' }: MultipartUpload): boolean {
    return faultOfKey(Key, this.config.current.keyPrefix) === undefined;
  }

  private async *all(prefix: string, signal: AbortSignal | undefined): AsyncGenerator<MultipartUpload, void> {
    let page: ListMultipartUploadsCommandOutput | undefined;
    do {
      const command = new ListMultipartUploadsCommand({
        Bucket: this.config.current.bucket,
        Prefix: prefix,
        KeyMarker: page?.NextKeyMarker,
        UploadIdMarker: page?.NextUploadIdMarker,
      });
      page = await this.requests.send(command, { signal });
      yield* page.Uploads ?? [];
    } while (page.IsTruncated);
  }

  private async abortOne({ Key, UploadId }: MultipartUpload, signal: AbortSignal | undefined): Promise<void> {
    const command = new AbortMultipartUploadCommand({ Bucket: this.config.current.bucket, Key, UploadId });
    try {
      await this.requests.send(command, { signal });
    } catch (error) {
      // Completed or aborted meanwhile.
      if (!causedBy(error, 'NoSuchUpload')) throw error;
    }
  }
}

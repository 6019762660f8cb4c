import { type ConfigHandle, InjectConfig } from '@app/config';
import { Readiness } from '@app/lifecycle';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type S3Config, s3Config } from './s3.config.js';
import { toFileError } from './to-file-error.js';

/** Checks whether the bucket answers. No app needs it to be ready: routes without files continue to work. */
@Injectable()
export class S3Health implements OnModuleInit {
  constructor(
    private readonly readiness: Readiness,
    private readonly client: S3Client,
    @InjectConfig(s3Config) private readonly config: ConfigHandle<S3Config>,
  ) {}

  onModuleInit(): void {
    const { bucket } = this.config.current;
    this.readiness.register({
      name: 's3',
      subject: `The bucket ${bucket} of the object store`,
      needed: false,
      check: (signal) => this.check(signal),
    });
  }

  private async check(signal: AbortSignal): Promise<void> {
    try {
      await this.client.send(new HeadBucketCommand({ Bucket: this.config.current.bucket }), {
        abortSignal: signal,
      });
    } catch (error) {
      throw toFileError(error, { signal });
    }
  }
}

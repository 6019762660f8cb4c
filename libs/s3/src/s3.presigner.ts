import { type ConfigHandle, InjectConfig } from '@app/config';
import { ValidationFailedError } from '@app/errors';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Injectable } from '@nestjs/common';
import type { PresignOptions } from './file-store.js';
import { type S3Config, s3Config } from './s3.config.js';
import { faultOfKey } from './file-key.js';
import { FileKeyError, FileTooLargeError } from './s3.errors.js';
import type { PresignedUrl } from './stored-file.js';
import { toFileError } from './to-file-error.js';

/** The store counts in seconds. */
const SHORTEST_MS = 1_000;

/** Signs what a URL allows; the store is not asked. */
@Injectable()
export class S3Presigner {
  constructor(
    private readonly client: S3Client,
    @InjectConfig(s3Config) private readonly config: ConfigHandle<S3Config>,
  ) {}

  async presign(key: string, method: 'get' | 'put', options: PresignOptions): Promise<PresignedUrl> {
    const fault = faultOfKey(key);
    if (fault !== undefined) throw FileKeyError.of(fault);
    const expiresIn = this.expiryOf(options);
    const command = method === 'get' ? this.get(key) : this.put(key, options);
    const signingDate = new Date();
    const url = await getSignedUrl(this.client, command, {
      expiresIn: expiresIn / 1000,
      signingDate,
      // What was signed must be sent as it was signed; what was not said is free.
      signableHeaders: new Set(['host', ...signedHeaders(options)]),
    }).catch((error: unknown) => {
      throw toFileError(error, { key });
    });
    return {
      url,
      method: method === 'get' ? 'GET' : 'PUT',
      expiresAt: new Date(signingDate.getTime() + expiresIn),
    };
  }

  private get(Key: string): GetObjectCommand {
    return new GetObjectCommand({ Bucket: this.config.current.bucket, Key });
  }

  private put(Key: string, { contentType, size }: PresignOptions): PutObjectCommand {
    const { bucket: Bucket, maxFileSize } = this.config.current;
    if (size !== undefined && size > maxFileSize) throw FileTooLargeError.beyond(maxFileSize);
    return new PutObjectCommand({ Bucket, Key, ContentType: contentType, ContentLength: size });
  }

  /** In milliseconds, whole seconds. */
  private expiryOf({ expiresIn }: PresignOptions): number {
    const { presignedExpiry, maxPresignedExpiry } = this.config.current;
    const wanted = expiresIn ?? presignedExpiry;
    if (wanted >= SHORTEST_MS && wanted <= maxPresignedExpiry) return Math.floor(wanted / 1000) * 1000;
    const message = `must be between 1 and ${maxPresignedExpiry / 1000} seconds`;
    throw ValidationFailedError.of([{ path: 'expires_in', message }]);
  }
}

function signedHeaders({ contentType, size }: PresignOptions): string[] {
  return [
    ...(contentType === undefined ? [] : ['content-type']),
    ...(size === undefined ? [] : ['content-length']),
  ];
}

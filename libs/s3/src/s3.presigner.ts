import { type ConfigHandle, InjectConfig } from '@app/config';
import { ValidationFailedError } from '@app/errors';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Injectable } from '@nestjs/common';
import { contentDisposition } from './content-disposition.js';
import { faultOfKey } from './file-key.js';
import type { PresignOptions, PresignPutOptions } from './file-store.js';
import { type S3Config, s3Config } from './s3.config.js';
import { FileKeyError, FileTooLargeError } from './s3.errors.js';
import type { PresignedUrl } from './stored-file.js';
import { toFileError } from './to-file-error.js';

/** The shortest expiry: the store counts in seconds. */
const MIN_MS = 1_000;

/** No browser displays this type, whatever type the file was stored with. */
const SAVED_ONLY = 'application/octet-stream';

/** Signs URLs locally, without a request to the store. */
@Injectable()
export class S3Presigner {
  constructor(
    private readonly client: S3Client,
    @InjectConfig(s3Config) private readonly config: ConfigHandle<S3Config>,
  ) {}

  async get(key: string, options: PresignOptions): Promise<PresignedUrl> {
    const command = new GetObjectCommand({
      ...this.at(key),
      ResponseContentDisposition: contentDisposition('attachment', key),
      ResponseContentType: SAVED_ONLY,
    });
    return { method: 'GET', ...(await this.sign(command, key, options, [])) };
  }

  async put(
    key: string,
    { size, contentType, ...options }: Partial<PresignPutOptions>,
  ): Promise<PresignedUrl> {
    const { maxFileSize } = this.config.current;
    if (size === undefined || !Number.isSafeInteger(size) || size < 0)
      throw ValidationFailedError.of([
        { path: 'size', message: 'must be the number of bytes that will be sent' },
      ]);
    if (size > maxFileSize) throw FileTooLargeError.beyond(maxFileSize);
    const place = this.at(key);
    const command = new PutObjectCommand({ ...place, ContentType: contentType, ContentLength: size });
    const headers = contentType === undefined ? ['content-length'] : ['content-length', 'content-type'];
    return { method: 'PUT', ...(await this.sign(command, key, options, headers)) };
  }

  /** @param headers the headers that the client must send as signed */
  private async sign(
    command: GetObjectCommand | PutObjectCommand,
    key: string,
    options: PresignOptions,
    headers: readonly string[],
  ): Promise<Omit<PresignedUrl, 'method'>> {
    const expiresIn = this.expiryOf(options);
    const signingDate = new Date();
    const signableHeaders = new Set(['host', ...headers]);
    const parameters = { expiresIn: expiresIn / 1000, signingDate, signableHeaders };
    const url = await getSignedUrl(this.client, command, parameters).catch((error: unknown) => {
      throw toFileError(error, { key });
    });
    return { url, expiresAt: new Date(signingDate.getTime() + expiresIn) };
  }

  private at(Key: string): { Bucket: string; Key: string } {
    const { bucket: Bucket, keyPrefix } = this.config.current;
    const fault = faultOfKey(Key, keyPrefix);
    if (fault !== undefined) throw FileKeyError.of(fault);
    return { Bucket, Key };
  }

  /** In milliseconds, whole seconds. */
  private expiryOf({ expiresIn }: PresignOptions): number {
    const { presignedExpiry, maxPresignedExpiry } = this.config.current;
    const wanted = expiresIn ?? presignedExpiry;
    if (wanted >= MIN_MS && wanted <= maxPresignedExpiry) return Math.floor(wanted / 1000) * 1000;
    const message = `must be between 1 and ${maxPresignedExpiry / 1000} seconds`;
    throw ValidationFailedError.of([{ path: 'expires_in', message }]);
  }
}

import { type AuthConfig, authConfig } from '@app/auth';
import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import { FilesServiceClient, type StoredFile as FileRecord } from '@app/contracts';
import { AppError, CancelledError, withoutOutcome } from '@app/errors';
import { type ConditionalHeaders, evaluateConditions, hasConditions } from '@app/http';
import { InFlight, Lifecycle } from '@app/lifecycle';
import {
  type FileHead,
  FileNotFoundError,
  FileStore,
  type PresignedUrl,
  type PresignPutOptions,
  type S3Config,
  s3Config,
  type StoredFile,
} from '@app/s3';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { MultipartFileStream } from '@nestjs/platform-fastify/multipart';
import { newFileKey } from './file-key.js';
import { FileExistsError, FileNotOwnedError } from './files.errors.js';
import { toMediaType } from './media-type.js';

/** Files: the object store holds their bytes, and the register of the grpc-server their owners. */
@Injectable()
export class FilesService implements OnModuleInit {
  private readonly logger = new Logger(FilesService.name);
  private readonly discards = new InFlight();

  constructor(
    private readonly store: FileStore,
    private readonly register: FilesServiceClient,
    private readonly lifecycle: Lifecycle,
    @InjectConfig(authConfig) private readonly auth: ConfigHandle<AuthConfig>,
    @InjectConfig(s3Config) private readonly s3: ConfigHandle<S3Config>,
  ) {}

  onModuleInit(): void {
    this.lifecycle.register({
      name: 'files',
      drain: () => this.discards.idle(),
      pending: () => this.discards.describe(),
    });
  }

  /**
   * Stores a file, then registers it. The file is deleted again when it cannot be registered, or when the client has
   * closed the request.
   */
  async upload({ stream, originalname, mimetype }: MultipartFileStream): Promise<StoredFile> {
    const key = newFileKey(this.s3.current.keyPrefix, originalname, new Date());
    const stored = await this.store.upload(key, stream, { contentType: toMediaType(mimetype) });
    try {
      const context = RequestContext.current();
      await this.register.register({ ...stored, owner: context?.principal?.id });
      if (context?.callerSignal?.aborted) throw CancelledError.of('The upload', context.callerSignal.reason);
      return stored;
    } catch (error) {
      const isGone = await this.discards.track(`discard ${key}`, () =>
        RequestContext.detach(() => this.discard(key)),
      );
      throw isGone && error instanceof AppError ? withoutOutcome(error) : error;
    }
  }

  /**
   * Deletes a file. The conditions are compared with the object store's version at this moment; the removal is a
   * separate step. Between the two, only a presigned URL that is still valid can replace the content of the key.
   *
   * @throws FileKeyError
   * @throws FileNotOwnedError
   * @throws PreconditionFailedError
   */
  async delete(key: string, conditions: ConditionalHeaders): Promise<void> {
    this.store.assertKey(key);
    const file = await this.register.get({ key });
    if (!this.mayDelete(file)) throw FileNotOwnedError.at(key);
    if (hasConditions(conditions)) evaluateConditions('DELETE', conditions, await this.find(key));
    await this.register.delete({ key });
  }

  /**
   * Creates a URL for writing. The owner is recorded before the URL is returned; the sweep later registers the file
   * that was written with it.
   *
   * @throws FileExistsError when a file with this key exists
   */
  async presignPut(key: string, options: PresignPutOptions): Promise<PresignedUrl> {
    if (await this.find(key)) throw FileExistsError.at(key);
    const presigned = await this.store.presign(key, 'put', options);
    const owner = RequestContext.current()?.principal?.id;
    await this.register.reserve({ key, owner, expiresAt: presigned.expiresAt });
    return presigned;
  }

  private mayDelete({ owner }: FileRecord): boolean {
    const principal = RequestContext.current()?.principal;
    if (principal?.roles.includes('admin')) return true;
    return owner === undefined ? this.auth.current.openInDevelopment : owner === principal?.id;
  }

  private async find(key: string): Promise<FileHead | undefined> {
    try {
      return await this.store.head(key);
    } catch (error) {
      if (error instanceof FileNotFoundError) return undefined;
      throw error;
    }
  }

  /**
   * Deletes a file that could not be registered. The reply of the register may have been lost after it took effect,
   * so the record is deleted too, if there is one.
   *
   * @returns whether the file was deleted
   */
  private async discard(key: string): Promise<boolean> {
    try {
      await this.register.delete({ key }).catch(() => this.store.delete(key));
      return true;
    } catch (error) {
      this.logger.warn(
        { err: error, key },
        'A file that was not registered could not be deleted; the sweep will find it.',
      );
      return false;
    }
  }
}

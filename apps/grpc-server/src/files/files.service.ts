import type { RegisterFileRequest, StoredFile, ValidReserveFileRequest } from '@app/contracts';
import { OutcomeUnknownError } from '@app/errors';
import { EventOutbox } from '@app/messaging';
import { Transactional } from '@app/postgres';
import { FileNotFoundError, FileStore } from '@app/s3';
import { Injectable } from '@nestjs/common';
import { FileRegisterStore } from './file-register.store.js';
import { FileRemoval } from './file.removal.js';
import { FileReservationStore } from './file-reservation.store.js';
import { fileStored } from './files.events.js';
import { FileExistsError, FileNotRegisteredError } from './files.errors.js';

/** The register of files: which files exist, and who owns them. */
@Injectable()
export class FilesService {
  constructor(
    private readonly register: FileRegisterStore,
    private readonly reservations: FileReservationStore,
    private readonly removal: FileRemoval,
    private readonly objects: FileStore,
    private readonly outbox: EventOutbox,
  ) {}

  /** @throws FileExistsError */
  @Transactional()
  async add(request: RegisterFileRequest): Promise<StoredFile> {
    const file = await this.register.insert(request);
    if (!file) throw FileExistsError.at(request.key);
    await this.outbox.add(fileStored(file));
    return file;
  }

  /**
   * Returns the record of a file. It also finds a file that a client wrote with a presigned URL and that no sweep has
   * registered yet.
   *
   * @throws FileNotRegisteredError
   */
  async get(key: string): Promise<StoredFile> {
    return (await this.register.find(key)) ?? this.unregistered(key);
  }

  /**
   * Removes a file in three steps: it sets the state of the record, deletes the object, and deletes the record. So no
   * transaction waits for the object store. After a failure, the next attempt or the sweep completes the removal.
   *
   * @throws FileNotRegisteredError
   * @throws OutcomeUnknownError when the object could not be deleted; the sweep will delete it
   */
  async remove(key: string): Promise<StoredFile> {
    this.objects.assertKey(key);
    const file = await this.register.change(key, ['stored', 'missing', 'removing'], 'removing');
    if (!file) return this.removeUnregistered(key);
    try {
      await this.removal.finish(file);
    } catch (error) {
      throw OutcomeUnknownError.of('s3', error, { key });
    }
    return file;
  }

  /** @throws FileExistsError when a file with this key exists, or another owner has reserved the key */
  @Transactional()
  async reserve({ key, owner, expiresAt }: ValidReserveFileRequest): Promise<void> {
    this.objects.assertKey(key);
    if (await this.register.find(key)) throw FileExistsError.at(key);
    if (!(await this.reservations.save({ key, owner, expiresAt }))) throw FileExistsError.at(key);
  }

  private async unregistered(key: string): Promise<StoredFile> {
    const reservation = await this.reservations.find(key);
    if (!reservation) throw FileNotRegisteredError.at(key);
    try {
      const { size, contentType, etag, lastModified } = await this.objects.head(key);
      return { key, size, contentType, etag, sha256: '', owner: reservation.owner, createdAt: lastModified };
    } catch (error) {
      throw error instanceof FileNotFoundError ? FileNotRegisteredError.at(key) : error;
    }
  }

  private async removeUnregistered(key: string): Promise<StoredFile> {
    const file = await this.unregistered(key);
    await this.objects.delete(key);
    await this.reservations.removeExpired(key);
    return file;
  }
}

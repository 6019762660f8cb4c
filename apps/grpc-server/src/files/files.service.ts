import type { RegisterFileRequest, StoredFile } from '@app/contracts';
import { Transactional } from '@app/postgres';
import { FileStore } from '@app/s3';
import { Injectable } from '@nestjs/common';
import { FileRegisterStore } from './file-register.store.js';
import { FileExistsError, FileNotRegisteredError } from './files.errors.js';

/** Which files there are and whose. */
@Injectable()
export class FilesService {
  constructor(
    private readonly register: FileRegisterStore,
    private readonly objects: FileStore,
  ) {}

  /** @throws FileExistsError */
  async add(request: RegisterFileRequest): Promise<StoredFile> {
    const file = await this.register.insert(request);
    if (!file) throw FileExistsError.at(request.key);
    return file;
  }

  /** @throws FileNotRegisteredError */
  async get(key: string): Promise<StoredFile> {
    const file = await this.register.find(key);
    if (!file) throw FileNotRegisteredError.at(key);
    return file;
  }

  /**
   * Removes the record and then the object. The record comes back when the object cannot be removed: an object
   * without a record would be found by nobody, a record without an object is removed by the next attempt.
   *
   * @throws FileNotRegisteredError
   * @throws StorageUnavailableError
   */
  @Transactional()
  async remove(key: string): Promise<StoredFile> {
    const file = await this.register.remove(key);
    if (!file) throw FileNotRegisteredError.at(key);
    await this.objects.delete(key);
    return file;
  }
}

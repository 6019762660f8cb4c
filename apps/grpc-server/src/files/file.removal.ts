import { EventOutbox } from '@app/messaging';
import { Transactional } from '@app/postgres';
import { FileStore } from '@app/s3';
import { Injectable } from '@nestjs/common';
import type { FileRecord } from './file-record.js';
import { FileRegisterStore } from './file-register.store.js';
import { fileRemoved } from './files.events.js';

/** The second half of a removal: the record says already that the object is to go. */
@Injectable()
export class FileRemoval {
  constructor(
    private readonly register: FileRegisterStore,
    private readonly objects: FileStore,
    private readonly outbox: EventOutbox,
  ) {}

  /** Removes the object and then the record; doing it twice, or at the same time, changes nothing. */
  async finish({ key, state }: FileRecord): Promise<void> {
    await this.objects.delete(key);
    await this.forget(key, state);
  }

  /** Removes the record and publishes the removal, unless the file was never published. */
  @Transactional()
  async forget(key: string, state: FileRecord['state']): Promise<void> {
    const file = await this.register.remove(key, state);
    if (file && state !== 'orphaned') await this.outbox.add(fileRemoved(file));
  }
}

import { EventOutbox } from '@app/messaging';
import { Transactional } from '@app/postgres';
import { FileStore } from '@app/s3';
import { Injectable } from '@nestjs/common';
import type { FileRecord } from './file-record.js';
import { FileRegisterStore } from './file-register.store.js';
import { fileRemoved } from './files.events.js';

/** The second step of a removal. Before it, the state of the record was set to `removing`, `missing` or `orphaned`. */
@Injectable()
export class FileRemoval {
  constructor(
    private readonly register: FileRegisterStore,
    private readonly objects: FileStore,
    private readonly outbox: EventOutbox,
  ) {}

  /** Deletes the object, then the record. The method is idempotent, and may run twice at the same time. */
  async finish({ key, state }: FileRecord): Promise<void> {
    await this.objects.delete(key);
    await this.removeRecord(key, state);
  }

  /** Deletes the record and publishes an event. An orphaned file has no event, because it was never published. */
  @Transactional()
  async removeRecord(key: string, state: FileRecord['state']): Promise<void> {
    const file = await this.register.remove(key, state);
    if (file && state !== 'orphaned') await this.outbox.add(fileRemoved(file));
  }
}

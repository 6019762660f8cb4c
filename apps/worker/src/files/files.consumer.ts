import { FileChange, type FileEvent, fileRemovedEvent, fileStoredEvent } from '@app/contracts';
import { Consume } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { FileUsageStore } from './file-usage.store.js';

/** Updates the usage when files are stored and removed. */
@Controller()
export class FilesConsumer {
  constructor(private readonly usage: FileUsageStore) {}

  @Consume({ event: [fileStoredEvent, fileRemovedEvent] })
  async onChange({ change, owner, contentType, size }: FileEvent): Promise<void> {
    const sign = change === FileChange.STORED ? 1 : -1;
    await this.usage.add({ owner, contentType, files: sign, bytes: sign * size });
  }
}

import { FileChange, fileRemovedEvent, fileStoredEvent, type ValidFileEvent } from '@app/contracts';
import type { OutboxEvent } from '@app/messaging';
import type { FileRecord } from './file-record.js';

export function fileStored(file: FileRecord): OutboxEvent {
  return fileStoredEvent.of(messageOf(FileChange.STORED, file));
}

export function fileRemoved(file: FileRecord): OutboxEvent {
  return fileRemovedEvent.of(messageOf(FileChange.REMOVED, file));
}

function messageOf(change: FileChange, { key, size, contentType, owner }: FileRecord): ValidFileEvent {
  return { key, change, size, contentType, owner, occurredAt: new Date() };
}

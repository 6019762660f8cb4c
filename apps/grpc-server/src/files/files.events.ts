import { FileChange, FileEvent, fileEvents } from '@app/contracts';
import type { OutboxEvent } from '@app/messaging';
import type { FileRecord } from './file-record.js';

export function fileStored(file: FileRecord): OutboxEvent {
  return eventOf('files.stored.v1', FileChange.STORED, file);
}

export function fileRemoved(file: FileRecord): OutboxEvent {
  return eventOf('files.removed.v1', FileChange.REMOVED, file);
}

function eventOf(type: string, change: FileChange, file: FileRecord): OutboxEvent {
  const { key, size, contentType, owner } = file;
  const payload = FileEvent.toJSON({ key, change, size, contentType, owner, occurredAt: new Date() });
  return { type, queue: fileEvents, payload, aggregateKey: key };
}

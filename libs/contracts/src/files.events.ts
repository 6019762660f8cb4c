import { defineEvent } from './event-definition.js';
import { fileEvents } from './files.queues.js';
import { FileEventContract, type ValidFileEvent } from './generated/ganymede/files/v1/files.validators.js';

/** A file that is stored again after its removal is two events; they stay in their order. */
const byKey = { keyOf: ({ key }: ValidFileEvent) => key };

/** A file is stored and registered. */
export const fileStoredEvent = defineEvent('files.stored.v1', FileEventContract, fileEvents, byKey);

/** A file and its object are removed. */
export const fileRemovedEvent = defineEvent('files.removed.v1', FileEventContract, fileEvents, byKey);

import { defineEvent } from './event-definition.js';
import { fileEvents } from './files.queues.js';
import { FileEventContract, type ValidFileEvent } from './generated/ganymede/files/v1/files.validators.js';

/** Events of one file keep their order, for example when it is removed and stored again. */
const byKey = { keyOf: ({ key }: ValidFileEvent) => key };

/** A file is stored and registered. */
export const fileStoredEvent = defineEvent('files.stored.v1', FileEventContract, fileEvents, byKey);

/** A file and its object are removed. */
export const fileRemovedEvent = defineEvent('files.removed.v1', FileEventContract, fileEvents, byKey);

import { defineQueue } from './queue-definition.js';

/** What was stored and removed: `files.stored.v1`, `files.removed.v1`. */
export const fileEvents = defineQueue({ name: 'file_events' });

import { defineQueue } from './queue-definition.js';

/** Events about stored and removed files: `files.stored.v1`, `files.removed.v1`. */
export const fileEvents = defineQueue({ name: 'file_events' });

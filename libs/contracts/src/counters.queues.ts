import { defineQueue } from './queue-definition.js';

/** The increments of each drain: `counters.incremented.v1`. */
export const counterEvents = defineQueue({ name: 'counter_events' });

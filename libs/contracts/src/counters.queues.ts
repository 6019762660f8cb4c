import { defineQueue } from './queue-definition.js';

/** What was counted, drain by drain: `counters.incremented.v1`. */
export const counterEvents = defineQueue({ name: 'counter_events' });

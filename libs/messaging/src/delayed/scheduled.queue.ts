import { defineQueue } from '@app/contracts';

/** Delayed messages on their way to the table in which they wait. */
export const scheduledQueue = defineQueue({ name: 'scheduled' });

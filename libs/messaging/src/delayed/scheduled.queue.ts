import { defineQueue } from '@app/contracts';

/**
 * Delayed messages on their way to the table in which they wait. The ladder is as long as a rollout: a worker of the
 * release before may not know their queue yet.
 */
export const scheduledQueue = defineQueue({ name: 'scheduled', retry: ['1s', '10s', '1m', '10m'] });

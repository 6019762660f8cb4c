import { defineQueue } from '@app/contracts';

/**
 * Carries delayed messages to the table in which they wait. The retry ladder is as long as a rollout: a worker of the
 * previous release may not have their destination queue yet.
 */
export const scheduledQueue = defineQueue({ name: 'scheduled', retry: ['1s', '10s', '1m', '10m'] });

import { defineQueue } from './queue-definition.js';

/** What is to be told by mail: `users.registered.v1`. Its ladder is as patient as relays want senders to be. */
export const emailQueue = defineQueue({ name: 'email_queue', retry: ['10s', '1m', '10m', '1h'] });

import { defineExchange } from './exchange-definition.js';
import { defineQueue } from './queue-definition.js';

/** What happens to users, for every slice that wants to know of it: `users.registered.v1`. */
export const userEvents = defineExchange({ name: 'user_events' });

/** What users are told by mail. Its ladder is as patient as relays want senders to be. */
export const emailQueue = defineQueue({
  name: 'email_queue',
  from: userEvents,
  retry: ['10s', '1m', '10m', '1h'],
});

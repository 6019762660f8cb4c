import { defineExchange } from './exchange-definition.js';
import { defineQueue } from './queue-definition.js';

/** Events about users, for every slice that handles them: `users.registered.v1`. */
export const userEvents = defineExchange({ name: 'user_events' });

/** Mails to users. The retry delays are long, as mail relays require of senders. */
export const emailQueue = defineQueue({
  name: 'email_queue',
  from: userEvents,
  retry: ['10s', '1m', '10m', '1h'],
});

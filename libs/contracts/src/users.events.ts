import { defineEvent } from './event-definition.js';
import { UserRegisteredContract } from './generated/ganymede/users/v1/users.validators.js';
import { userEvents } from './users.queues.js';

/** A user has registered. */
export const userRegisteredEvent = defineEvent('users.registered.v1', UserRegisteredContract, userEvents);

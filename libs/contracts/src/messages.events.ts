import { defineEvent } from './event-definition.js';
import { taskQueue } from './messages.queues.js';

/** A client has submitted a task; its payload is any JSON. */
export const messageSubmittedEvent = defineEvent('messages.submitted.v1', undefined, taskQueue);

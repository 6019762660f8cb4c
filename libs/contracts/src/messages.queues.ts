import { defineQueue } from './queue-definition.js';

/** Tasks that clients send with `POST /api/v1/message`. */
export const taskQueue = defineQueue({ name: 'task_queue', public: true });

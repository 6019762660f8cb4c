import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

export const messagesConfig = defineConfig('messages', {
  schema: z.object({
    /**
     * How long the state of a message can be queried after it has ended. Then the worker deletes all its data, so a
     * copy that arrives later has its effect again, as after `messaging.inbox_retention`.
     */
    retention: duration({ min: '1h', max: '3650d' }).prefault('7d'),
    /** How many messages the worker removes in one call, which is one transaction. */
    purgeBatch: z.number().int().min(1).max(10_000).default(1_000),
  }),
  reloadable: ['retention', 'purgeBatch'],
});

export type MessagesConfig = ConfigOf<typeof messagesConfig>;

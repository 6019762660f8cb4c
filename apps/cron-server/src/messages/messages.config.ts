import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

export const messagesConfig = defineConfig('messages', {
  schema: z.object({
    /**
     * How long what became of a message can be asked for after it has ended. The worker forgets it altogether then: a
     * copy that comes later has its effect again, as after `messaging.inbox_retention`.
     */
    retention: duration({ min: '1h', max: '3650d' }).prefault('7d'),
    /** How many the worker removes in one call, which is one transaction there. */
    purgeBatch: z.number().int().min(1).max(10_000).default(1_000),
  }),
  reloadable: ['retention', 'purgeBatch'],
});

export type MessagesConfig = ConfigOf<typeof messagesConfig>;

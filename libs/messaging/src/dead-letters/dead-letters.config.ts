import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

export const deadLettersConfig = defineConfig('dead_letters', {
  schema: z.object({
    /** How many dead letters all workers together redrive per second. */
    redriveRate: z.number().int().min(1).max(10_000).default(500),
    /**
     * How long a dead letter is kept after it was handled. While it is kept, a late copy of its message has no second
     * effect.
     */
    retention: duration({ min: '1h', max: '3650d' }).prefault('30d'),
    /** How long the actions of operators are kept. */
    auditRetention: duration({ max: '3650d' }).prefault('365d'),
  }),
  reloadable: ['redriveRate', 'retention', 'auditRetention'],
});

export type DeadLettersConfig = ConfigOf<typeof deadLettersConfig>;

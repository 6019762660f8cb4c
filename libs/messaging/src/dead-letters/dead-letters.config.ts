import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

export const deadLettersConfig = defineConfig('dead_letters', {
  schema: z.object({
    /** How many letters leave for their queues in any second, all workers together. */
    redriveRate: z.number().int().min(1).max(10_000).default(500),
    /**
     * How long a letter is kept after it was handled. As long as it is kept, no copy of its message that comes late has
     * a second effect.
     */
    retention: duration({ min: '1h', max: '3650d' }).prefault('30d'),
    /** How long it is known what people did. */
    auditRetention: duration({ max: '3650d' }).prefault('365d'),
  }),
  reloadable: ['redriveRate', 'retention', 'auditRetention'],
});

export type DeadLettersConfig = ConfigOf<typeof deadLettersConfig>;

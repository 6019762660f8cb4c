import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

export const countersConfig = defineConfig('counters', {
  schema: z.object({
    /** How often the journal is drained to PostgreSQL: what losing Redis's data can cost at most. */
    drainInterval: duration().prefault('1s'),
  }),
  reloadable: ['drainInterval'],
});

export type CountersConfig = ConfigOf<typeof countersConfig>;

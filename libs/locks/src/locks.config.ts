import { type ConfigOf, defineConfig } from '@app/config';
import { z } from 'zod';

export const locksConfig = defineConfig('locks', {
  schema: z.object({
    /** The schema with the `lease` table: the schema of the app that owns the leases. */
    schema: z
      .string()
      .regex(/^[a-z_][a-z0-9_]{0,62}$/, { error: 'a lower-case name such as cron_server' })
      .default('cron_server'),
  }),
});

export type LocksConfig = ConfigOf<typeof locksConfig>;

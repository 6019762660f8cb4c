import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';
import { cronExpression } from './cron.expression.js';

export const schedulingConfig = defineConfig('scheduling', {
  schema: z.object({
    /** Whether this process runs jobs at all. */
    enabled: z.boolean().default(true),
    /** How long after the crash of a process another one may run its jobs. */
    leaseTtl: duration({ min: '1s' }).prefault('15s'),
    /** `run-once` runs no instant that is older than this. The default includes the last one of a yearly job. */
    catchUpWindow: duration({ max: '3650d' }).prefault('366d'),
    /** Minimum deadline of all runs; for the debug profile. */
    minDeadline: duration().optional(),
    /** Overrides of the decorators, by the name of the job. */
    jobs: z
      .record(
        z.string(),
        z.strictObject({
          /** Five fields, or six with seconds first. */
          cron: cronExpression().optional(),
          enabled: z.boolean().optional(),
          /** When the `signal` of a run is aborted. */
          deadline: duration({ min: '1ms' }).optional(),
        }),
      )
      .default({}),
  }),
  reloadable: ['enabled', 'catchUpWindow', 'minDeadline', 'jobs'],
});

export type SchedulingConfig = ConfigOf<typeof schedulingConfig>;

import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';
import { cronExpression } from './cron.expression.js';

export const schedulingConfig = defineConfig('scheduling', {
  schema: z.object({
    /** Whether this process runs jobs at all. */
    enabled: z.boolean().default(true),
    /** How long after the death of a process its jobs may be run by another. */
    leaseTtl: duration({ min: '1s' }).prefault('15s'),
    /** `run-once` makes up for no instant that is older than this. The default has the last one of a yearly job. */
    catchUpWindow: duration({ max: '3650d' }).prefault('366d'),
    /** What a run has at least, whatever its job says; for the debug profile. */
    minDeadline: duration().optional(),
    /** By the name of a job, what differs from its decorator. */
    jobs: z
      .record(
        z.string(),
        z.strictObject({
          /** Five fields, or six with seconds first. */
          cron: cronExpression().optional(),
          enabled: z.boolean().optional(),
          /** When a run is told to stop. */
          deadline: duration({ min: '1ms' }).optional(),
        }),
      )
      .default({}),
  }),
  reloadable: ['enabled', 'catchUpWindow', 'minDeadline', 'jobs'],
});

export type SchedulingConfig = ConfigOf<typeof schedulingConfig>;

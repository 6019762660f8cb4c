import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

export const countersConfig = defineConfig('counters', {
  schema: z.object({
    /** What losing Redis's data can cost at most: the journal is drained to PostgreSQL twice in this time. */
    drainInterval: duration({ min: '10ms' }).prefault('1s'),
    /** A counter that nobody touches is dropped from Redis after this time, at the latest after twice as long. */
    coldAfter: duration({ max: '3650d' }).prefault('1h'),
    /** How many counters Redis holds, about: beyond it those are dropped earlier that nobody has touched for longest. */
    maxHeld: z.number().int().min(1000).default(1_000_000),
  }),
  reloadable: ['drainInterval', 'coldAfter', 'maxHeld'],
});

export type CountersConfig = ConfigOf<typeof countersConfig>;

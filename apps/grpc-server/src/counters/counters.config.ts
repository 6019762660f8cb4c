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
    /** How long the results of a call with an idempotency key are kept, at least; up to twice as long. */
    idempotencyRetention: duration({ min: '1ms', max: '3650d' }).prefault('10m'),
    /** How many results are kept, about, in half of that: beyond it older ones are dropped earlier. */
    maxIdempotencyResults: z.number().int().min(1000).default(2_000_000),
    /** How far the clocks of those who make keys and of Redis may be apart. */
    clockSkew: duration().prefault('2s'),
  }),
  reloadable: [
    'drainInterval',
    'coldAfter',
    'maxHeld',
    'idempotencyRetention',
    'maxIdempotencyResults',
    'clockSkew',
  ],
});

export type CountersConfig = ConfigOf<typeof countersConfig>;

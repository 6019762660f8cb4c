import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

export const countersConfig = defineConfig('counters', {
  schema: z.object({
    /** A loss of Redis's data costs at most the increments of this time. The journal is drained twice in it. */
    drainInterval: duration({ min: '10ms' }).prefault('1s'),
    /** An unused counter is dropped from Redis after this time, at the latest after twice as long. */
    coldAfter: duration({ max: '3650d' }).prefault('1h'),
    /** About how many counters Redis holds. Beyond it, the least recently used ones are dropped earlier. */
    maxHeld: z.number().int().min(1000).default(1_000_000),
    /** How long the results of a call with an idempotency key are kept at least; at most twice as long. */
    idempotencyRetention: duration({ min: '1ms', max: '3650d' }).prefault('10m'),
    /** About how many results Redis keeps. Beyond it, older ones are dropped earlier. */
    maxIdempotencyResults: z.number().int().min(1000).default(2_000_000),
    /** The largest difference between the clocks of Redis and of the processes that create keys. */
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

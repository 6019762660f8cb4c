import { type ConfigOf, defineConfig, duration, url } from '@app/config';
import { z } from 'zod';

const address = () => url({ protocols: ['redis', 'rediss'] });

export const redisConfig = defineConfig('redis', {
  schema: z.object({
    /** Persistent, `noeviction`: counters, idempotency, limits, locks. */
    state: z.object({ url: address() }),
    /** May evict. Where it is not given, the state server plays both roles. */
    cache: z.object({ url: address() }).optional(),
    /** How long one command may take. */
    commandTimeout: duration().prefault('1s'),
    connectTimeout: duration().prefault('2s'),
  }),
});

export type RedisConfig = ConfigOf<typeof redisConfig>;

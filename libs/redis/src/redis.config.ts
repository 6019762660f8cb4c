import { type ConfigOf, defineConfig, duration, secret, url } from '@app/config';
import { z } from 'zod';

const address = () => url({ protocols: ['redis', 'rediss'] });

/** Where a server is: one alone; or, behind sentinels, one by the name of its group; or a cluster, by its nodes. */
const server = () =>
  z
    .object({
      /**
       * `redis://user:password@host:port/database`, `rediss:` for TLS. With `sentinels` the host is the name of the
       * group; with `cluster_nodes` it is one of them.
       */
      url: address(),
      /** The sentinels, with their own credentials; TLS where they say `rediss:`. */
      sentinels: z.array(address()).min(1).optional(),
      /** More nodes to ask for the cluster's map; given, even empty, it is a cluster. */
      clusterNodes: z.array(address()).optional(),
      /** Instead of the one in `url`. */
      password: secret().optional(),
      /** PEM texts, for `rediss:`: an authority of one's own, and a certificate to show. */
      tls: z
        .object({ ca: z.string(), cert: z.string(), key: secret(), serverName: z.string() })
        .partial()
        .optional(),
    })
    .refine(({ sentinels, clusterNodes }) => !sentinels || !clusterNodes, {
      error: 'either sentinels or cluster_nodes, not both',
    });

export const redisConfig = defineConfig('redis', {
  schema: z.object({
    /** Persistent, `noeviction`: counters, idempotency, limits, locks. */
    state: server(),
    /** May evict. Where it is not given, the state server plays both roles. */
    cache: server().optional(),
    /** How long one command may take; a connection that is silent for so long is made anew. */
    commandTimeout: duration({ min: '1ms' }).prefault('1s'),
    connectTimeout: duration({ min: '1ms' }).prefault('2s'),
    /** What loading a value for the cache has at least, whatever its namespace says; for the debug profile. */
    minLoadTimeout: duration().optional(),
    /** A command that takes longer is logged, without its arguments; none is when this is absent. */
    slowCommand: duration().optional(),
  }),
  reloadable: ['slowCommand'],
});

export type RedisConfig = ConfigOf<typeof redisConfig>;

/** Where one server of a role is. */
export type RedisServer = RedisConfig['state'];

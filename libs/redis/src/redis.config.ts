import { type ConfigOf, defineConfig, duration, secret, url } from '@app/config';
import { z } from 'zod';

const address = () => url({ protocols: ['redis', 'rediss'] });

/** A server: a single one, a group behind sentinels, or a cluster. */
const server = () =>
  z
    .object({
      /**
       * `redis://user:password@host:port/database`, `rediss:` for TLS. With `sentinels` the host is the name of the
       * group; with `cluster_nodes` it is one of them.
       */
      url: address(),
      /** The sentinels, with their own credentials; TLS with `rediss:`. */
      sentinels: z.array(address()).min(1).optional(),
      /** Further nodes for the discovery of the cluster; enables cluster mode, even if empty. */
      clusterNodes: z.array(address()).optional(),
      /** Instead of the one in `url`. */
      password: secret().optional(),
      /** PEM texts, for `rediss:`: a private certificate authority, and a client certificate. */
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
    /** May evict. By default the state server has both roles. */
    cache: server().optional(),
    /** Time limit of one command; a connection that is silent for this time reconnects. */
    commandTimeout: duration({ min: '1ms' }).prefault('1s'),
    connectTimeout: duration({ min: '1ms' }).prefault('2s'),
    /** Minimum of the time limit for loading a cached value, for all namespaces; for the debug profile. */
    minLoadTimeout: duration().optional(),
    /** Slower commands are logged, without their arguments; if it is not set, none are. */
    slowCommand: duration().optional(),
  }),
  reloadable: ['slowCommand'],
});

export type RedisConfig = ConfigOf<typeof redisConfig>;

/** The server of a role. */
export type RedisServer = RedisConfig['state'];

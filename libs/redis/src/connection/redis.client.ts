import type { Cluster, Redis } from 'ioredis';

/** A connection to one server, or the connections to the nodes of a cluster. */
export type RedisClient = Redis | Cluster;

export function isCluster(client: RedisClient): client is Cluster {
  return client.isCluster;
}

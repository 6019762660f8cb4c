import { Cluster, Redis } from 'ioredis';
import type { RedisServer } from '../redis.config.js';
import type { RedisMetrics } from '../redis.metrics.js';
import { clusterPath } from './cluster.path.js';
import { observeCommands } from './observed-commands.js';
import type { RedisClient } from './redis.client.js';
import { clusterOptions, placeOf, type RedisTiming, serverOptions } from './redis.options.js';

/** Connects to a single server, sentinels or a cluster; retries until it succeeds. */
export function connectRedis(server: RedisServer, timing: RedisTiming, metrics: RedisMetrics): RedisClient {
  if (!server.clusterNodes) {
    const client = new Redis(serverOptions(server, timing));
    observeCommands(client, metrics, (send) => send());
    return client;
  }
  const places = [server.url, ...server.clusterNodes].map(placeOf);
  const cluster = new Cluster(places, clusterOptions(server, timing));
  observeCommands(cluster, metrics, clusterPath(cluster, timing.commandTimeout));
  return cluster;
}

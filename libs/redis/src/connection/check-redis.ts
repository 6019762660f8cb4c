import { isCluster, type RedisClient } from './redis.client.js';

/** Resolves when the server answers, or the cluster serves all its keys; rejects with what is wrong. */
export async function checkRedis(client: RedisClient): Promise<void> {
  if (!isCluster(client)) {
    await client.ping();
    return;
  }
  const info = String(await client.cluster('INFO'));
  if (!info.includes('cluster_state:ok'))
    throw new Error('a part of the keys has no primary (cluster_state:fail)');
  await Promise.all(client.nodes('master').map((node) => node.ping()));
}

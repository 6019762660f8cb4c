import { withCode } from './driver-error.js';
import { isCluster, type RedisClient } from './redis.client.js';

/** Enough keys that every primary of a usual cluster has one. */
const PROBES = Array.from({ length: 16 }, (_, index) => `readiness:{${index}}`);

/**
 * Resolves when the server accepts writes, or the cluster serves all its keys. Rejects with the reason otherwise: the
 * server is a replica, is full, cannot persist, or has too few replicas.
 */
export async function checkRedis(client: RedisClient): Promise<void> {
  try {
    await check(client);
  } catch (error) {
    throw withCode(error);
  }
}

async function check(client: RedisClient): Promise<void> {
  if (!isCluster(client)) return assertWritable(client, PROBES.slice(0, 1));
  const info = String(await client.cluster('INFO'));
  if (!info.includes('cluster_state:ok')) throw new Error('some keys have no primary (cluster_state:fail)');
  await Promise.all(client.nodes('master').map((node) => node.ping()));
  await assertWritable(client, PROBES);
}

/** The server rejects SET … XX like any write; since the key never exists, it writes nothing. */
async function assertWritable(client: RedisClient, keys: readonly string[]): Promise<void> {
  try {
    await Promise.all(keys.map((key) => client.set(key, '', 'XX')));
  } catch (error) {
    // The user may write only its own keys. Then only the reachability of the server can be checked.
    if (!(error instanceof Error && error.message.startsWith('NOPERM'))) throw error;
    await client.ping();
  }
}

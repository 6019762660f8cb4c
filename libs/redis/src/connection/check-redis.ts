import { withCode } from './driver-error.js';
import { isCluster, type RedisClient } from './redis.client.js';

/** Of enough keys that every primary of a usual cluster has one. */
const PROBES = Array.from({ length: 16 }, (_, index) => `readiness:{${index}}`);

/**
 * Resolves when the server takes writes, or the cluster serves all its keys; rejects with what is wrong: it is a replica,
 * full, cannot persist, has too few replicas.
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
  if (!info.includes('cluster_state:ok'))
    throw new Error('a part of the keys has no primary (cluster_state:fail)');
  await Promise.all(client.nodes('master').map((node) => node.ping()));
  await assertWritable(client, PROBES);
}

/** SET … XX of a key that nobody sets is refused like any write, and writes nothing. */
async function assertWritable(client: RedisClient, keys: readonly string[]): Promise<void> {
  try {
    await Promise.all(keys.map((key) => client.set(key, '', 'XX')));
  } catch (error) {
    // A user that may write its own keys alone: the server is there, and that is all that can be said.
    if (!(error instanceof Error && error.message.startsWith('NOPERM'))) throw error;
    await client.ping();
  }
}

import type { Cluster } from 'ioredis';
import { RedisUnavailableError } from '../redis.errors.js';
import type { CommandPath } from './observed-commands.js';

/**
 * Answers of a node that has not carried the command out, since it belongs elsewhere or the script is not known there;
 * and of the driver, which has not sent a pipeline whose keys went to one node when it was begun.
 */
const NOT_CARRIED_OUT = /^((MOVED|ASK|TRYAGAIN|NOSCRIPT) |All keys in the pipeline should belong)/;

/**
 * How commands go to a cluster. They fail at once while its map is unknown, and after `timeout` wherever they wait. A
 * pipeline of which a part was carried out does not follow redirects, so commands that were redirected go again, alone.
 *
 * @param timeout milliseconds
 */
export function clusterPath(cluster: Cluster, timeout: number): CommandPath {
  return async (send, alone) => {
    if (cluster.status !== 'ready')
      throw RedisUnavailableError.because(new Error(`the cluster is in state ${cluster.status}`));
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`no answer within ${timeout} ms`)), timeout);
    const redirected = async () => {
      try {
        return await send();
      } catch (error) {
        if (!NOT_CARRIED_OUT.test((error as Error).message)) throw error;
        return alone();
      }
    };
    try {
      return await Promise.race([redirected(), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}

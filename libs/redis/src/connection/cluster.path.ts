import type { Cluster } from 'ioredis';
import { RedisUnavailableError } from '../redis.errors.js';
import type { CommandPath } from './observed-commands.js';

/**
 * Replies of a node that has not executed the command, because the slot belongs to another node or the script is not
 * loaded; and the error of the driver for a pipeline that it has not sent because its keys are no longer on one node.
 */
const NOT_EXECUTED = /^((MOVED|ASK|TRYAGAIN|NOSCRIPT) |All keys in the pipeline should belong)/;

/**
 * Sends commands to a cluster. They fail at once while the slot map is unknown, and otherwise after `timeout` at the
 * latest. A partly executed pipeline does not follow redirects, so redirected commands are sent again separately.
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
        if (!NOT_EXECUTED.test((error as Error).message)) throw error;
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

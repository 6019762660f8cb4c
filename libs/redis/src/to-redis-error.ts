import { RedisError, RedisUnavailableError } from './redis.errors.js';

/** Replies that speak of the server's state, not of the command. */
const OUTAGES = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MISCONF|NOREPLICAS|UNBLOCKED|OOM|BUSY)/;

/** What a failure of the driver means to a caller: Redis is away, or, as it is, the command was refused: a bug of ours. */
export function toRedisError(thrown: unknown): unknown {
  if (thrown instanceof RedisError) return thrown;
  const { name, message } = thrown as Error;
  return name === 'ReplyError' && !OUTAGES.test(message) ? thrown : RedisUnavailableError.because(thrown);
}

/** Sends a command. @throws RedisUnavailableError when Redis does not answer */
export async function answered<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (thrown) {
    throw toRedisError(thrown);
  }
}

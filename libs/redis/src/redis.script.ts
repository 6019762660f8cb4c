import type { Redis } from 'ioredis';
import { RedisUnavailableError } from './redis.errors.js';

/** A Lua script. All its keys must carry the same hash tag, so that a cluster can run it. */
export interface RedisScript {
  /** Unique in the app. */
  name: string;
  numberOfKeys: number;
  lua: string;
}

/** Runs a registered script; by its digest, and by its text where the server does not know it yet. */
export type RunScript<Reply> = (
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<Reply>;

/**
 * Registers a script with a client.
 *
 * @returns a function that runs it and rejects with RedisUnavailableError when Redis does not answer
 */
export function registerScript<Reply>(client: Redis, script: RedisScript): RunScript<Reply> {
  client.defineCommand(script.name, { numberOfKeys: script.numberOfKeys, lua: script.lua });
  const command = Reflect.get(client, script.name) as (
    ...args: readonly (string | number)[]
  ) => Promise<Reply>;
  return async (keys, args) => {
    try {
      return await command.call(client, ...keys, ...args);
    } catch (error) {
      throw isReplyError(error) ? error : RedisUnavailableError.because(error);
    }
  };
}

/** Whether Redis answered, with an error: a bug of ours, not an outage. `LOADING` and `READONLY` are outages. */
function isReplyError(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === 'ReplyError' && !/^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)/.test(message);
}

import type { Redis } from 'ioredis';
import { withRedisErrors } from './to-redis-error.js';

/** A Lua script. All its keys must carry the same hash tag, so that a cluster can run it. */
export interface RedisScript {
  /** Unique in the app. */
  name: string;
  numberOfKeys: number;
  lua: string;
}

/** Runs a registered script with EVALSHA, or with EVAL if the server has not loaded it yet. */
export type RunScript<Reply> = (
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
) => Promise<Reply>;

type Send<Reply> = (...args: readonly (string | number | Buffer)[]) => Promise<Reply>;

/**
 * Registers a script with a client.
 *
 * @returns a function that runs it and rejects with RedisUnavailableError when Redis does not answer; its `outcome` is
 *   `unknown` when the script may have run
 */
export function registerScript<Reply>(client: Redis, script: RedisScript): RunScript<Reply> {
  client.defineCommand(script.name, { numberOfKeys: script.numberOfKeys, lua: script.lua });
  const send = Reflect.get(client, script.name) as Send<Reply>;
  return (keys, args) => withRedisErrors(() => send.call(client, ...keys, ...args));
}

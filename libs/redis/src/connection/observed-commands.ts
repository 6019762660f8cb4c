import type { RedisMetrics } from '../redis.metrics.js';
import type { RedisClient } from './redis.client.js';

type Send = (this: unknown, ...args: unknown[]) => Promise<unknown>;

/** A wrapper around sending a command; it returns the result of `send`. `alone` sends outside the pipeline. */
export type CommandPath = (send: () => Promise<unknown>, alone: () => Promise<unknown>) => Promise<unknown>;

/**
 * Measures the commands and scripts of a client where they are called: an automatic pipeline combines commands of
 * several callers and has no context of its own. Commands of a `pipeline()` or `multi()` are not measured.
 *
 * @param path sends the commands
 */
export function observeCommands(client: RedisClient, metrics: RedisMetrics, path: CommandPath): void {
  const surround = (name: string) => {
    for (const variant of [name, `${name}Buffer`]) replace(client, variant, name, metrics, path);
  };
  for (const command of client.getBuiltinCommands()) if (!UNOBSERVED.has(command)) surround(command);
  const define = client.defineCommand.bind(client);
  client.defineCommand = (name, definition) => {
    define(name, definition);
    surround(name);
  };
}

function replace(
  client: RedisClient,
  method: string,
  command: string,
  metrics: RedisMetrics,
  path: CommandPath,
): void {
  const send = Reflect.get(client, method) as Send | undefined;
  if (typeof send !== 'function') return;
  // Pipelines call the scripts of their client with themselves as `this`. The driver's own commands have a callback.
  const observed = function (this: unknown, ...args: unknown[]): unknown {
    if (this !== client || typeof args.at(-1) === 'function') return send.apply(this, args);
    return metrics.observe(command, () =>
      path(
        () => send.apply(client, args),
        () => send.apply(unpipelined(client), args),
      ),
    );
  };
  Object.defineProperty(client, method, { value: observed, configurable: true, writable: true });
}

/** The part of a client that a command needs to be sent outside the pipeline. */
function unpipelined(client: RedisClient): unknown {
  return {
    options: { ...client.options, enableAutoPipelining: false },
    sendCommand: client.sendCommand.bind(client),
  };
}

/** Commands that change the connection, or begin something other than a command. */
const UNOBSERVED = new Set(
  (
    'multi quit monitor subscribe psubscribe ssubscribe unsubscribe punsubscribe sunsubscribe ' +
    'hello auth select client readonly asking'
  ).split(' '),
);

import type { RedisMetrics } from '../redis.metrics.js';
import type { RedisClient } from './redis.client.js';

type Send = (this: unknown, ...args: unknown[]) => Promise<unknown>;

/** Stands between the caller of a command and the driver, and returns what `send` returns. */
export type CommandPath = (send: () => Promise<unknown>, alone: () => Promise<unknown>) => Promise<unknown>;

/**
 * Lets the commands and scripts of a client be measured where they are called: what goes out for several callers at once
 * (automatic pipelining) belongs to the context of none of them. Commands of a `pipeline()` or `multi()` are not.
 *
 * @param path how commands go, beside being measured
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
  // Pipelines borrow the scripts of their client and are `this` then; the driver's own commands come with a callback.
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

/** As much of a client as a command needs that goes out alone. */
function unpipelined(client: RedisClient): unknown {
  return {
    options: { ...client.options, enableAutoPipelining: false },
    sendCommand: client.sendCommand.bind(client),
  };
}

/** They change the connection, or begin something that is no command. */
const UNOBSERVED = new Set(
  (
    'multi quit monitor subscribe psubscribe ssubscribe unsubscribe punsubscribe sunsubscribe ' +
    'hello auth select client readonly asking'
  ).split(' '),
);

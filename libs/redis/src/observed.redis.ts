import { Redis, type RedisOptions } from 'ioredis';
import type { RedisMetrics } from './redis.metrics.js';

/** Replies in the shapes that they have had since version 5, which is the default. */
export type LegacyOptions = RedisOptions & { replyMapping?: 'legacy' };

type Send = (this: Redis, ...args: unknown[]) => unknown;

/**
 * A client whose commands and scripts are measured where they are called: what goes out for several callers at once
 * (automatic pipelining) belongs to the context of none of them. Commands of a `pipeline()` or `multi()` are not.
 */
export class ObservedRedis extends Redis {
  constructor(
    url: string,
    options: LegacyOptions,
    private readonly metrics: RedisMetrics,
  ) {
    super(url, options);
    for (const command of this.getBuiltinCommands()) surround(this, command, metrics);
  }

  override defineCommand(name: string, definition: Parameters<Redis['defineCommand']>[1]): void {
    super.defineCommand(name, definition);
    surround(this, name, this.metrics);
  }
}

function surround(client: Redis, command: string, metrics: RedisMetrics): void {
  const send = Reflect.get(client, command) as Send | undefined;
  if (typeof send !== 'function' || UNOBSERVED.has(command)) return;
  // Pipelines borrow the scripts of their client and are `this` then.
  const observed = function (this: Redis, ...args: unknown[]): unknown {
    if (this !== client || typeof args.at(-1) === 'function') return send.apply(this, args);
    return metrics.observe(command, () => send.apply(this, args) as Promise<unknown>);
  };
  Object.defineProperty(client, command, { value: observed, configurable: true, writable: true });
}

/** They change the connection, or begin something that is no command. */
const UNOBSERVED = new Set(['multi', 'quit', 'monitor', 'subscribe', 'psubscribe', 'ssubscribe']);

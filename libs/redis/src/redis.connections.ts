import { setTimeout as delay } from 'node:timers/promises';
import { type ConfigHandle, InjectConfig } from '@app/config';
import {
  Lifecycle,
  type LifecycleConfig,
  lifecycleConfig,
  type Participant,
  Readiness,
} from '@app/lifecycle';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { checkRedis } from './connection/check-redis.js';
import { connectRedis } from './connection/connect-redis.js';
import { ConnectionWatch } from './connection/connection.watch.js';
import type { RedisClient } from './connection/redis.client.js';
import { type RedisConfig, redisConfig, type RedisServer } from './redis.config.js';
import { RedisUnavailableError } from './redis.errors.js';
import { RedisMetrics } from './redis.metrics.js';
import type { RedisRole } from './redis.role.js';

/** Whether the app cannot work without Redis. */
export const REDIS_NEEDED = Symbol('redis needed');

const POLL_MS = 100;

interface Connection {
  readonly client: RedisClient;
  readonly watch: ConnectionWatch;
}

/**
 * The connections of an app, one per server or cluster. A command on a lost connection fails at once, and the driver
 * never sends it again: it may have been executed, so the caller has to decide.
 */
@Injectable()
export class RedisConnections implements OnModuleInit, Participant {
  readonly name = 'redis';
  private readonly connections = new Map<RedisRole, Connection>();

  constructor(
    @InjectConfig(redisConfig) private readonly config: ConfigHandle<RedisConfig>,
    @InjectConfig(lifecycleConfig) private readonly timing: ConfigHandle<LifecycleConfig>,
    @Inject(REDIS_NEEDED) private readonly needed: boolean,
    private readonly metrics: RedisMetrics,
    lifecycle: Lifecycle,
    private readonly readiness: Readiness,
  ) {
    lifecycle.register(this);
  }

  client(role: RedisRole): RedisClient {
    const { state, cache } = this.config.current;
    const apart = role === 'cache' && cache && cache.url.href !== state.url.href;
    const player = apart ? 'cache' : 'state';
    return this.connections.get(player)?.client ?? this.connect(player, apart ? cache : state);
  }

  async onModuleInit(): Promise<void> {
    const state = this.client('state');
    this.client('cache');
    if (this.needed) await this.awaitReady(state);
  }

  async close(): Promise<void> {
    await Promise.all([...this.connections.values()].map(end));
  }

  private connect(role: RedisRole, server: RedisServer): RedisClient {
    const client = connectRedis(server, this.config.current, this.metrics);
    // An app can work without its cache.
    const [name, needed] = role === 'state' ? ['redis', this.needed] : ['redis_cache', false];
    const { host } = server.url;
    const dependency = this.readiness.dependency(name, `Redis at ${host}`);
    const watch = new ConnectionWatch(client, host, dependency.connection('commands'));
    this.connections.set(role, { client, watch });
    this.metrics.watch(role, client);
    this.readiness.register({ name, needed, check: () => checkRedis(client) });
    return client;
  }

  private async awaitReady(client: RedisClient): Promise<void> {
    const { startTimeout } = this.timing.current;
    const started = performance.now();
    while (client.status !== 'ready') {
      const waited = performance.now() - started;
      if (waited > startTimeout)
        throw RedisUnavailableError.because(new Error(`not reached within ${startTimeout} ms`));
      await delay(POLL_MS);
    }
  }
}

async function end({ client, watch }: Connection): Promise<void> {
  watch.stop();
  // Disconnects even if QUIT failed; this also closes the connections to sentinels.
  await client.quit().catch(() => undefined);
  client.disconnect();
}

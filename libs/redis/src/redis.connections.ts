import { setTimeout as delay } from 'node:timers/promises';
import { type ConfigHandle, InjectConfig, type ServiceUrl } from '@app/config';
import {
  type DependencyCheck,
  Lifecycle,
  type LifecycleConfig,
  lifecycleConfig,
  type Participant,
  Readiness,
} from '@app/lifecycle';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { type LegacyOptions, ObservedRedis } from './observed.redis.js';
import { type RedisConfig, redisConfig } from './redis.config.js';
import { RedisUnavailableError } from './redis.errors.js';
import { RedisMetrics } from './redis.metrics.js';
import type { RedisRole } from './redis.role.js';

/** Whether the app is of no use without Redis. */
export const REDIS_NEEDED = Symbol('redis needed');

const AWAITED_LOG_INTERVAL_MS = 3000;
const POLL_MS = 100;

/**
 * The connections of an app, one per server. A command on a lost connection fails at once and is never sent
 * a second time by the driver: whoever sent it decides, since it may have been carried out.
 */
@Injectable()
export class RedisConnections implements OnModuleInit, Participant, DependencyCheck {
  readonly name = 'redis';
  private readonly logger = new Logger(RedisConnections.name);
  private readonly clients = new Map<string, Redis>();

  constructor(
    @InjectConfig(redisConfig) private readonly config: ConfigHandle<RedisConfig>,
    @InjectConfig(lifecycleConfig) private readonly timing: ConfigHandle<LifecycleConfig>,
    @Inject(REDIS_NEEDED) readonly needed: boolean,
    private readonly metrics: RedisMetrics,
    lifecycle: Lifecycle,
    readiness: Readiness,
  ) {
    lifecycle.register(this);
    readiness.register(this);
  }

  client(role: RedisRole): Redis {
    const { state, cache = state } = this.config.current;
    const { url } = role === 'state' ? state : cache;
    const known = this.clients.get(url.href);
    if (known) return known;
    const client = this.connect(url);
    this.clients.set(url.href, client);
    this.metrics.watch(role, client);
    return client;
  }

  async onModuleInit(): Promise<void> {
    const state = this.client('state');
    this.client('cache');
    if (this.needed) await this.awaitReady(state);
  }

  async check(): Promise<void> {
    await Promise.all([...this.clients.values()].map((client) => client.ping()));
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.clients.values()].map((client) => client.quit().catch(() => client.disconnect())),
    );
  }

  private connect(url: ServiceUrl): Redis {
    const { commandTimeout, connectTimeout } = this.config.current;
    const options: LegacyOptions = {
      commandTimeout,
      connectTimeout,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      enableAutoPipelining: true,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(100 * attempt, 2000),
    };
    const client = new ObservedRedis(url.href, options, this.metrics);
    client.on('error', (error: Error) =>
      this.logger.debug({ err: error }, `Redis at ${url.host} cannot be reached`),
    );
    client.on('ready', () => this.logger.log(`connected to Redis at ${url.host}`));
    client.on('close', () => this.logger.warn(`the connection to Redis at ${url.host} is gone`));
    return client;
  }

  private async awaitReady(client: Redis): Promise<void> {
    const { startTimeout } = this.timing.current;
    const started = performance.now();
    let nextLog = AWAITED_LOG_INTERVAL_MS;
    while (client.status !== 'ready') {
      const waited = performance.now() - started;
      if (waited > startTimeout)
        throw RedisUnavailableError.because(new Error(`not reached within ${startTimeout} ms`));
      if (waited > nextLog) {
        this.logger.warn(`waiting for Redis (redis.state.url) for ${Math.round(waited / 1000)} s`);
        nextLog += AWAITED_LOG_INTERVAL_MS;
      }
      await delay(POLL_MS);
    }
  }
}

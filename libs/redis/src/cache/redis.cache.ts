import { type ConfigHandle, InjectConfig } from '@app/config';
import { Lifecycle, type Participant } from '@app/lifecycle';
import { Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { type RedisConfig, redisConfig } from '../redis.config.js';
import { InjectRedis } from '../redis.role.js';
import { CacheNamespaceTakenError } from './cache.errors.js';
import { Cache, type CacheNamespace, type CacheNamespaceOptions } from './cache.js';
import { CacheMetrics } from './cache.metrics.js';
import { CacheStore } from './cache.store.js';
import { RedisCacheNamespace } from './redis.cache-namespace.js';

const NAME = /^[a-z][a-z0-9_.-]{0,63}$/;

@Injectable()
export class RedisCache extends Cache implements Participant {
  readonly name = 'cache';
  readonly isRepeatable = true;
  private readonly namespaces = new Map<string, RedisCacheNamespace<never>>();
  private readonly store: CacheStore;

  constructor(
    @InjectRedis('cache') redis: Redis,
    private readonly metrics: CacheMetrics,
    lifecycle: Lifecycle,
    @InjectConfig(redisConfig) private readonly config: ConfigHandle<RedisConfig>,
  ) {
    super();
    this.store = new CacheStore(redis);
    lifecycle.register(this);
  }

  namespace<T>(options: CacheNamespaceOptions<T>): CacheNamespace<T> {
    const { name } = options;
    if (!NAME.test(name))
      throw new TypeError(`${name} is not a valid cache namespace; write it like books or books.v2.`);
    if (this.namespaces.has(name)) throw CacheNamespaceTakenError.of(name);
    const namespace = new RedisCacheNamespace<T>(
      options,
      this.store,
      this.metrics.of(name),
      this.config.current.minLoadTimeout,
    );
    this.namespaces.set(name, namespace as unknown as RedisCacheNamespace<never>);
    return namespace;
  }

  /** Loads outlive their callers. This waits for them before their sources are closed. */
  async flush(): Promise<void> {
    await Promise.all([...this.namespaces.values()].map((namespace) => namespace.idle()));
  }

  pending(): string[] {
    const busy = [...this.namespaces].filter(([, { pending }]) => pending > 0);
    return busy.map(([name, { pending }]) => `${pending} loads of ${name}`);
  }
}

import { ConfigModule } from '@app/config';
import { lifecycleConfig } from '@app/lifecycle';
import { type DynamicModule, Module } from '@nestjs/common';
import { CacheMetrics } from './cache/cache.metrics.js';
import { Cache } from './cache/cache.js';
import { RedisCache } from './cache/redis.cache.js';
import { PubSubMetrics } from './pub-sub/pub-sub.metrics.js';
import { PubSub } from './pub-sub/pub-sub.js';
import { RedisPubSub } from './pub-sub/redis.pub-sub.js';
import { REDIS_NEEDED, RedisConnections } from './redis.connections.js';
import { redisConfig } from './redis.config.js';
import { RedisMetrics } from './redis.metrics.js';
import { redisToken, type RedisRole } from './redis.role.js';

export interface RedisModuleOptions {
  /** Whether the app waits for Redis at start-up and is not ready without it. @default true */
  needed?: boolean;
}

const ROLES: readonly RedisRole[] = ['state', 'cache'];

@Module({})
export class RedisModule {
  static forRoot({ needed = true }: RedisModuleOptions = {}): DynamicModule {
    const clients = ROLES.map((role) => ({
      provide: redisToken(role),
      useFactory: (connections: RedisConnections) => connections.client(role),
      inject: [RedisConnections],
    }));
    return {
      module: RedisModule,
      global: true,
      imports: [ConfigModule.forFeature(redisConfig), ConfigModule.forFeature(lifecycleConfig)],
      providers: [
        { provide: REDIS_NEEDED, useValue: needed },
        RedisMetrics,
        RedisConnections,
        ...clients,
        CacheMetrics,
        { provide: Cache, useClass: RedisCache },
        PubSubMetrics,
        { provide: PubSub, useClass: RedisPubSub },
      ],
      exports: [...ROLES.map(redisToken), Cache, PubSub],
    };
  }
}
